/* An open conversation on the page: its element, its parts, its rows. Another page may be kept that shows it, too. */

import { everywhere } from "../core/history.js";

export const part = (root, name) => root.querySelector(`[data-part="${name}"]`);
export const rootOf = (element) => element.closest(".thread");
export const logOf = (root) => part(root, "log");
export const rowsOf = (root) => [...logOf(root).children];
export const isMine = (row) => row.classList.contains("is-mine");
export const isPending = (row) => row.classList.contains("is-pending");
export const seqOf = (row) => Number(row.dataset.seq);

/** The conversation that is on the page, or null. */
export const shownThread = () => document.querySelector(".thread");

/** Every page of this visit that shows the conversation. */
export const threadsOf = (chatId) => everywhere(`.thread[data-chat="${CSS.escape(chatId)}"]`);

/** The row of what was sent under this key, acknowledged or not. */
export const findRow = (root, key) => logOf(root).querySelector(`[data-client="${CSS.escape(key)}"]`);

/** Says what came of the reader's own doing. */
export function say(root, words) {
  part(root, "said").textContent = words;
}
