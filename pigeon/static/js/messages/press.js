/* What can be done about a message: a finger that rests on it opens the list, which opens to where there is room. */

import { scrollerOf } from "./scroll.js";

const LONG_MS = 500;
const STILL_PX = 10;

function place(root, menu) {
  const list = menu.querySelector(".menu-list");
  menu.classList.remove("opens-up");
  const { bottom } = scrollerOf(root).getBoundingClientRect();
  menu.classList.toggle("opens-up", list.getBoundingClientRect().bottom > bottom);
}

export function bindPress(root) {
  let timer = null;
  let start = null;

  const stop = () => clearTimeout(timer);

  function open(bubble) {
    const menu = bubble.closest(".message").querySelector(".message-menu");
    if (!menu || menu.open) return;
    menu.open = true;
    navigator.vibrate?.(10);
  }

  root.addEventListener("toggle", ({ target }) => target.matches(".message-menu[open]") && place(root, target), { capture: true });
  root.addEventListener("pointerdown", (event) => {
    const bubble = event.target.closest(".message-bubble:not(.is-photo)"); // a picture has the browser's own list
    if (event.pointerType !== "touch" || !bubble) return;
    start = { x: event.clientX, y: event.clientY };
    timer = setTimeout(open, LONG_MS, bubble);
  });
  root.addEventListener("pointermove", ({ clientX, clientY }) => {
    if (start && Math.hypot(clientX - start.x, clientY - start.y) > STILL_PX) stop();
  });
  for (const name of ["pointerup", "pointercancel"]) root.addEventListener(name, stop);
  root.addEventListener("contextmenu", (event) => {
    const isTouch = "pointerType" in event && event.pointerType === "touch";
    if (isTouch && event.target.closest(".message-bubble:not(.is-photo)")) event.preventDefault();
  });
}
