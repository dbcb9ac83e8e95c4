/* History: ten messages more when the reader comes near to the top, fetched one page ahead. What is read stays where it is. */

import { text } from "../core/strings.js";
import { fetchPiece } from "./catch-up.js";
import { merge } from "./merge.js";
import { part, rowsOf } from "./parts.js";
import { keepPlace, roomAbove, scrollerOf } from "./scroll.js";

const NEAR_PX = 400;
const ahead = new WeakMap();
const busy = new WeakSet();

const linkOf = (root) => part(root, "earlier-link");
const hasEarlier = (root) => !part(root, "earlier").hidden;
const cursorOf = (root) => new URL(linkOf(root).href).searchParams.get("before");

function fetchAhead(root) {
  if (ahead.has(root) || !hasEarlier(root)) return;
  const piece = fetchPiece(root, { before: cursorOf(root) });
  piece.catch(() => ahead.delete(root)); // it is asked for again when it is needed
  ahead.set(root, piece);
}

function insert(root, piece) {
  const { next } = piece.dataset;
  let fresh = [];
  keepPlace(root, () => {
    part(root, "earlier").hidden = !next;
    part(root, "start").hidden = Boolean(next);
    if (next) linkOf(root).setAttribute("href", `${root.dataset.path}?before=${next}`);
    fresh = merge(root, [...piece.children]);
  });
  return fresh;
}

async function load(root, { isAsked = false } = {}) {
  if (busy.has(root) || !hasEarlier(root)) return false;
  const link = linkOf(root);
  busy.add(root);
  fetchAhead(root);
  try {
    const fresh = insert(root, await ahead.get(root));
    ahead.delete(root);
    link.textContent = text("messages_earlier");
    if (isAsked && !hasEarlier(root)) fresh[0]?.focus({ preventScroll: true });
    fetchAhead(root);
    return true;
  } catch {
    ahead.delete(root);
    link.textContent = text("retry");
    return false;
  } finally {
    busy.delete(root);
  }
}

/** A high window is filled: what does not scroll would leave it half empty. */
async function fill(root) {
  while (roomAbove(root) <= 0 && (await load(root)));
}

export function bindEarlier(root) {
  const scroller = scrollerOf(root);
  const near = () => {
    fetchAhead(root);
    if (roomAbove(root) < NEAR_PX) load(root);
  };
  scroller.addEventListener("scroll", () => rowsOf(root).length && near(), { passive: true });
  // What fits into the window does not scroll: whoever tries to means to.
  scroller.addEventListener("wheel", ({ deltaY }) => deltaY < 0 && near(), { passive: true });
  scroller.addEventListener("touchmove", near, { passive: true });
  scroller.addEventListener("keydown", ({ key }) => ["ArrowUp", "PageUp", "Home"].includes(key) && near());
  fill(root);
  linkOf(root).addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    load(root, { isAsked: true });
  }, { capture: true });
}
