/* The field of a conversation: one to five lines, and what its keys mean. */

import { hasKeyboard } from "../comments/field.js";

const growsByItself = CSS.supports("field-sizing", "content");

/** While a syllable is composed its keys belong to the input method. Safari ends the composition before it tells of the key, and
    says so by the key code alone. */
const isComposing = (event) => event.isComposing || event.keyCode === 229;

function grow(input) {
  if (growsByItself) return;
  input.style.height = "auto";
  input.style.height = `${input.scrollHeight + 2}px`;
}

/** Sets the words as if they had been typed: counters and buttons follow. */
export function setInput(input, words) {
  input.value = words;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Calls `send` when the reader means to; answers what brings button and height up to date. */
export function bindInput(form, { send, canSend }) {
  const input = form.elements.text;
  const button = form.querySelector('[data-part="send"]');
  let composes = false;
  let endsSyllable = false; // the key that is down; it makes no line, too

  function update() {
    button.disabled = !canSend();
    grow(input);
  }

  /** An unfinished syllable is finished first: the input method would put it into the emptied field again. */
  function submit() {
    if (composes) {
      input.blur();
      input.focus({ preventScroll: true });
    }
    if (canSend()) send();
    update();
  }

  input.addEventListener("compositionstart", () => (composes = true));
  input.addEventListener("compositionend", () => (composes = false));
  input.addEventListener("input", update);
  input.addEventListener("keydown", (event) => {
    const isPlain = hasKeyboard.matches ? !event.shiftKey && !event.altKey : event.ctrlKey || event.metaKey; // on a phone it makes a line
    endsSyllable = event.key === "Enter" && isPlain && isComposing(event);
    if (event.key !== "Enter" || !isPlain || endsSyllable) return;
    event.preventDefault();
    submit();
  });
  input.addEventListener("beforeinput", (event) => endsSyllable && event.inputType === "insertLineBreak" && event.preventDefault());
  button.addEventListener("pointerdown", (event) => event.preventDefault()); // a finger's keyboard stays
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
    input.focus({ preventScroll: true });
  });
  return update;
}
