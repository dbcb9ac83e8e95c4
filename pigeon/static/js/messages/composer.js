/* Behaviour `message-composer`: what is written stands in the conversation at the key that sends it. Words that are not sent are
   kept on this device. */

import { hasKeyboard } from "../comments/field.js";
import { bindAttachment } from "./attachment.js";
import { bindInput, setInput } from "./input.js";
import { enqueue } from "./queue.js";
import { rootOf } from "./parts.js";
import { addRow } from "./thread.js";
import { findDraft, keepDraft } from "./storage.js";
import { tellTyping } from "./typing.js";

const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

function showError(form, words) {
  const fault = form.querySelector('[data-part="error"]');
  fault.querySelector("span").textContent = words;
  fault.hidden = !words;
  form.querySelector(".thread-field").classList.toggle("is-wrong", Boolean(words));
  if (words) form.elements.text.setAttribute("aria-invalid", "true");
  else form.elements.text.removeAttribute("aria-invalid");
}

/** With a keyboard one writes at once; a finger's would cover what is to be read first. */
function focusAlone(input) {
  const isFree = document.activeElement === document.body || document.activeElement?.matches("main");
  if (hasKeyboard.matches && isFree) input.focus({ preventScroll: true });
}

export function messageComposer(form) {
  const input = form.elements.text;
  const root = rootOf(form);
  const chatId = root.dataset.chat;

  function put(item) {
    const made = { key: newKey(), at: new Date().toISOString(), ...item };
    addRow(root, made);
    enqueue(chatId, root.dataset.with, made);
  }

  function send() {
    const words = input.value.trim();
    const picture = attachment.take();
    if (!words && !picture) return;
    if (picture) put(picture);
    if (words) put({ words });
    setInput(input, "");
    keepDraft(chatId, "");
  }

  const attachment = bindAttachment(form, {
    onChange: () => update(),
    onRefused: (words) => showError(form, words),
  });
  const update = bindInput(form, { send, canSend: () => Boolean(input.value.trim() || attachment.has()) });

  input.addEventListener("input", () => {
    keepDraft(chatId, input.value);
    showError(form, "");
    if (input.value.trim()) tellTyping(root);
  });
  form.addEventListener("composer:take-back", ({ detail }) => {
    setInput(input, input.value.trim() ? `${detail.words}\n${input.value}` : detail.words);
    showError(form, detail.message);
    input.focus();
  });
  if (!input.value.trim()) setInput(input, findDraft(chatId));
  update();
  focusAlone(input);
}
