/* Behaviour `comment-composer`: sends a comment or a reply without leaving the page. It stands in the list at once, as
   being sent, while the next one can be written. */

import { toast } from "../core/toasts.js";
import { deliver } from "./delivery.js";
import { rootOf } from "./discussion.js";
import { findDraft, keepDraft } from "./drafts.js";
import { bindField, hasKeyboard, setText, showError } from "./field.js";
import { showItem } from "./sending.js";
import { addRow, restoreUnsent } from "./unsent-row.js";

const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16)).join("");

export function commentComposer(form) {
  const input = form.elements.text;
  const isReply = form.classList.contains("is-reply");
  const root = rootOf(form);

  /** The focus goes where the answering began, unless something else has it. */
  function close() {
    const link = form.closest(".thread")?.querySelector('[data-behavior~="comment-reply"]');
    (form.closest("#reply") ?? form).remove();
    if (document.activeElement === document.body) link?.focus({ preventScroll: true });
  }

  function takeBack(words, message) {
    form.hidden = false;
    setText(form, input.value.trim() ? `${words}\n${input.value}` : words);
    if (!form.isConnected) return toast(message, { category: "error" });
    showError(form, message);
    return input.focus();
  }

  async function send() {
    const words = input.value.trim();
    if (!words) return;
    const unsent = { action: form.getAttribute("action"), words, key: newKey() };
    const item = addRow(root, form.closest(".thread"), unsent);
    showItem(root, item);
    setText(form, "");
    form.hidden = isReply;
    if (hasKeyboard.matches) input.focus(); // a finger's keyboard makes room for the comment
    await deliver(root, item, unsent, takeBack);
    if (form.hidden) close();
  }

  input.addEventListener("input", () => keepDraft(form, input.value));
  if (!input.value.trim() || isReply) input.value = findDraft(form) || input.value;
  bindField(form, { send, cancel: isReply ? close : undefined });
  if (input.value) setText(form, input.value);
  restoreUnsent(root, form.getAttribute("action"));
}
