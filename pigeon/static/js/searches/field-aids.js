/* What the field of the search does by itself: it is emptied by its cross, and says what did not fit into it. */

export function aidField(form, input) {
  const clear = form.querySelector('[data-part="clear"]');
  const fault = document.getElementById(input.id + "-error");

  const drawClear = () => (clear.hidden = !input.value);

  function say(words) {
    fault.hidden = !words;
    fault.querySelector("span").textContent = words;
  }

  input.addEventListener("input", () => {
    drawClear();
    if (!input.hasAttribute("aria-invalid") && input.value.length < input.maxLength) say("");
  });
  input.addEventListener("paste", ({ clipboardData }) => {
    const kept = input.value.length - (input.selectionEnd - input.selectionStart);
    const pasted = clipboardData?.getData("text") ?? "";
    if (kept + pasted.length > input.maxLength) say(input.dataset.cut);
  });
  clear.addEventListener("click", () => {
    input.value = "";
    input.focus();
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  drawClear();
}
