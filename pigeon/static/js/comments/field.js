/* A field of one to four lines: how it grows, when it can be sent, and by which keys. */

export const hasKeyboard = matchMedia("(hover: hover) and (pointer: fine)");
const growsByItself = CSS.supports("field-sizing", "content");

/** While a syllable is composed its keys belong to the input method; Safari says so by the key code alone. */
const isComposing = (event) => event.isComposing || event.keyCode === 229;

function asksToSend(event, input) {
  if (event.key !== "Enter" || isComposing(event)) return false;
  if (event.ctrlKey || event.metaKey) return true;
  return hasKeyboard.matches && !event.shiftKey && !event.altKey && !input.value.includes("\n");
}

function grow(input) {
  if (growsByItself) return;
  input.style.height = "auto";
  input.style.height = `${input.scrollHeight + 2}px`;
}

export function showError(form, words) {
  const fault = form.querySelector('[data-part="error"]');
  fault.querySelector("span").textContent = words;
  fault.hidden = !words;
  form.querySelector(".comment-field").classList.toggle("is-wrong", Boolean(words));
  if (words) form.elements.text.setAttribute("aria-invalid", "true");
  else form.elements.text.removeAttribute("aria-invalid");
}

/** Sets the text as if it had been typed: counters and buttons follow. */
export function setText(form, words) {
  const input = form.elements.text;
  input.value = words;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Calls `send` when the reader means to, never with nothing to send; `cancel` on Esc and on the button. */
export function bindField(form, { send, cancel }) {
  const input = form.elements.text;
  const button = form.querySelector('[data-part="send"]');

  function update() {
    button.disabled = !input.value.trim();
    grow(input);
  }

  function submit() {
    if (input.value.trim()) send();
  }

  input.addEventListener("input", () => {
    update();
    showError(form, "");
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && cancel && !isComposing(event)) {
      event.preventDefault(); // a dialog around it stays open
      event.stopPropagation();
      cancel();
    } else if (event.target === input && asksToSend(event, input)) {
      event.preventDefault();
      submit();
    }
  });
  form.querySelector('[data-part="cancel"]')?.addEventListener("click", (event) => {
    if (!cancel) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    cancel();
  }, { capture: true });
  update();
}
