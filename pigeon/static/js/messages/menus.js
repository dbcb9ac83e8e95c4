/* The lists of what can be done about messages are one stop of the Tab key: that of the newest message, or where one was
   last. From there the arrow keys go from message to message. */

import { logOf, rowsOf } from "./parts.js";

const OPENER = ".message-menu > summary";
const last = new WeakMap(); // by conversation: the opener that had the focus last

const openersOf = (root) => rowsOf(root).map((row) => row.querySelector(OPENER)).filter(Boolean);

/** Also for rows that came, and when the one that was the stop is gone. */
export function showStop(root) {
  const openers = openersOf(root);
  const known = last.get(root);
  const stop = openers.includes(known) ? known : openers.at(-1);
  for (const opener of openers) opener.tabIndex = opener === stop ? 0 : -1;
}

function step(openers, at, key) {
  if (key === "Home") return openers[0];
  if (key === "End") return openers.at(-1);
  return openers[at + { ArrowUp: -1, ArrowDown: 1 }[key]];
}

export function bindMenus(root) {
  const log = logOf(root);
  log.addEventListener("focusin", ({ target }) => {
    if (!target.matches(OPENER)) return;
    last.set(root, target);
    showStop(root);
  });
  log.addEventListener("keydown", (event) => {
    const opener = /** @type {HTMLElement} */ (event.target);
    if (!opener.matches(OPENER) || opener.closest("details[open]") || !["ArrowUp", "ArrowDown", "Home", "End"].includes(event.key)) return;
    event.preventDefault(); // the conversation stays where it is
    const openers = openersOf(root);
    step(openers, openers.indexOf(opener), event.key)?.focus();
  });
}
