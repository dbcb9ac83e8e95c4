/* Behaviour `caption-clamp`: "more" under words that are cut after some lines: those of a post, or of a long message. */

import { text } from "../core/strings.js";

export function captionClamp(element) {
  const words = element.firstElementChild;
  const button = element.querySelector("[aria-expanded]");

  function measure() {
    const isOpen = element.classList.contains("is-open");
    if (!isOpen) button.hidden = words.scrollHeight <= words.clientHeight + 1;
  }

  button.addEventListener("click", () => {
    const isOpen = element.classList.toggle("is-open");
    button.setAttribute("aria-expanded", String(isOpen));
    button.textContent = text(isOpen ? "less" : "more");
  });
  new ResizeObserver(measure).observe(words);
}
