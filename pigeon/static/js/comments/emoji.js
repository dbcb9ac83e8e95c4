/* Behaviour `comment-emoji`: puts a picture from the little list where the text is being written. */

export function commentEmoji(element) {
  const input = element.closest("form").elements.text;
  element.addEventListener("click", (event) => {
    const button = event.target.closest(".emoji");
    if (!button) return;
    input.setRangeText(button.textContent, input.selectionStart, input.selectionEnd, "end");
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
