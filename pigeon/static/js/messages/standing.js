/* How the people of a conversation stand: whether one waits for the other, whether I may write, how far the other has read. */

import { fetchDocument, settle } from "../core/fragments.js";
import { text } from "../core/strings.js";
import { layOut } from "./layout.js";
import { part } from "./parts.js";

/** A field that stays keeps its words, its focus and its syllable: only what stands above it changes. */
function replaceDock(dock, fresh) {
  const forms = [dock, fresh].map((one) => one.querySelector(".thread-composer"));
  if (!forms.every(Boolean)) return dock.replaceWith(fresh);
  dock.querySelector(".thread-hint")?.remove();
  const hint = fresh.querySelector(".thread-hint");
  if (hint) forms[0].before(hint);
  return undefined;
}

/** What else an answer to a request changes: whether the other is there, and in which list the conversation stands. */
function replaceAround(root, page) {
  const heads = [root, page].map((one) => one.querySelector(".thread-person"));
  heads[0].replaceChildren(...[...heads[1].childNodes].map((node) => document.adoptNode(node)));
  const [back, freshBack] = [root, page].map((one) => one.querySelector(".thread-back"));
  back.setAttribute("href", freshBack.getAttribute("href"));
  const [inbox, fresh] = [document, page].map((one) => one.getElementById("inbox"));
  if (!inbox || !root.isConnected || inbox.dataset.box === fresh.dataset.box) return;
  inbox.replaceWith(document.adoptNode(fresh));
  settle([fresh]);
}

/** The dock as the server draws it now: a composer, an open request, or why there is none. */
export async function redrawDock(root) {
  const page = await fetchDocument(root.dataset.path);
  const fresh = document.adoptNode(part(page, "dock"));
  const { request, maySend } = page.querySelector(".thread").dataset;
  const isAnswered = root.dataset.request === "incoming" && request !== "incoming";
  Object.assign(root.dataset, { request, maySend });
  replaceDock(part(root, "dock"), fresh);
  if (isAnswered) replaceAround(root, page);
  settle([part(root, "dock")]);
}

/** Nobody is there any more to write to. */
function close(root) {
  const notice = document.createElement("p");
  notice.className = "thread-notice";
  notice.textContent = text("message_unreachable");
  root.dataset.maySend = "false";
  part(root, "dock").replaceChildren(notice);
}

export function showClosed(root) {
  return redrawDock(root).catch((error) => error.status === 404 && close(root));
}

/** What a piece of the server says; null when there is no such conversation for the reader. */
export function showStanding(root, piece) {
  if (!piece) return close(root);
  const { request, maySend, theirRead } = piece.dataset;
  const isOther = request !== root.dataset.request || maySend !== root.dataset.maySend;
  if (theirRead === "" || Number(theirRead) > Number(root.dataset.theirRead)) {
    root.dataset.theirRead = theirRead;
    layOut(root);
  }
  if (isOther) redrawDock(root).catch(() => {});
  return undefined;
}
