/* Where the reader is in a conversation. It scrolls from below: at 0 is its end, and what is above is negative. */

import { text } from "../core/strings.js";
import { part, rowsOf } from "./parts.js";

const END_PX = 48;
const arrived = new WeakMap();
const places = new WeakMap();

export const scrollerOf = (root) => part(root, "scroll");
export const isAtEnd = (root) => -scrollerOf(root).scrollTop < END_PX;

/** How much lies above what is seen. */
export const roomAbove = (root) => {
  const scroller = scrollerOf(root);
  return scroller.scrollHeight - scroller.clientHeight + scroller.scrollTop;
};

/** Does `change` while what is being read stays where it is; at the end it stays at the end. */
export function keepPlace(root, change) {
  const scroller = scrollerOf(root);
  const { top } = scroller.getBoundingClientRect();
  const anchor = isAtEnd(root) ? null : rowsOf(root).find((row) => row.getBoundingClientRect().bottom > top);
  const line = anchor && (part(anchor, "bubble") ?? anchor); // a day above it may come or go
  const before = line?.getBoundingClientRect().top;
  change();
  if (!anchor) scroller.scrollTop = 0;
  else if (line.isConnected) scroller.scrollTop += line.getBoundingClientRect().top - before;
}

function showJump(root, count) {
  const button = part(root, "jump");
  arrived.set(root, count);
  button.hidden = isAtEnd(root);
  const words = count ? text("message_jump_count", { count }) : text("message_jump");
  button.querySelector("[data-words]").textContent = words;
}

/** Some messages of the other came below what is being read. */
export function countArrived(root, count) {
  showJump(root, isAtEnd(root) ? 0 : (arrived.get(root) ?? 0) + count);
}

export function scrollToEnd(root) {
  scrollerOf(root).scrollTop = 0;
  showJump(root, 0);
}

/** Where the reader stopped is brought into sight, when it is further up than the end shows. */
export function scrollToNew(root) {
  const divider = rowsOf(root).map((row) => part(row, "new")).find((line) => !line.hidden);
  const scroller = scrollerOf(root);
  if (!divider) return;
  const above = divider.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
  if (above < 0) scroller.scrollTop += above;
}

/** What was taken off the page and put back has forgotten where it was. */
export function restorePlace(root) {
  scrollerOf(root).scrollTop = places.get(root) ?? 0;
}

export function bindScroll(root) {
  const scroller = scrollerOf(root);
  scroller.addEventListener("scroll", () => {
    if (!root.isConnected) return;
    places.set(root, scroller.scrollTop);
    showJump(root, isAtEnd(root) ? 0 : (arrived.get(root) ?? 0));
  }, { passive: true });
  part(root, "jump").addEventListener("click", () => {
    scrollToEnd(root);
    scroller.focus({ preventScroll: true });
  });
}
