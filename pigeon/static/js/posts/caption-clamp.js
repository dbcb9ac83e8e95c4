/* Behaviour `caption-clamp`: "more" under a caption that is cut after two lines. */

import { text } from "../core/strings.js";

export function captionClamp(element) {
  const words = element.querySelector(".caption-text");
  const button = element.querySelector(".caption-more");

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
