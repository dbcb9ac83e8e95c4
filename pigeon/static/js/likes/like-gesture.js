/* Behaviour `like-gesture`: two taps on the pictures or the panel of a post like it, and never take a like back. */

import { setLiked } from "./likes.js";

const TWICE_MS = 350;
const NEAR_PX = 32;
const BURST_MS = 400;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

function heart() {
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  const sprite = document.querySelector(".icon use").getAttribute("href").split("#")[0];
  use.setAttribute("href", `${sprite}#heart-filled`);
  drawing.setAttribute("class", "heart-burst");
  drawing.setAttribute("aria-hidden", "true");
  drawing.append(use);
  return drawing;
}

function burst(place, event) {
  if (calm.matches) return;
  const box = place.getBoundingClientRect();
  const drawing = heart();
  drawing.style.left = `${event.clientX - box.left}px`;
  drawing.style.top = `${event.clientY - box.top}px`;
  place.append(drawing);
  setTimeout(() => drawing.remove(), BURST_MS);
}

export function likeGesture(element) {
  let last = null;

  element.addEventListener("click", (event) => {
    const place = event.target.closest(".photo, .text-panel");
    if (!place || event.target.closest("a, button, details")) return;
    const isSecond = last && event.timeStamp - last.timeStamp < TWICE_MS
      && Math.hypot(event.clientX - last.clientX, event.clientY - last.clientY) < NEAR_PX;
    last = isSecond ? null : event;
    const button = element.closest("article")?.querySelector('[data-behavior~="like-button"][data-kind="post"]');
    if (!isSecond || !button) return;
    getSelection().removeAllRanges(); // a double click marks words
    setLiked("post", button.dataset.id, true);
    burst(place, event);
  });
}
