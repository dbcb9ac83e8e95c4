/* Puts rows of the server where their numbers belong. However often a message comes, as an echo, in a replay or in a page, it is
   one row: known by its id or, while it is on its way, by the key it was sent under. */

import { settle } from "../core/fragments.js";
import { layOut } from "./layout.js";
import { findRow, isMine, isPending, logOf, part, rowsOf, seqOf } from "./parts.js";
import { countArrived, keepPlace } from "./scroll.js";

function findKnown(root, row) {
  const found = logOf(root).querySelector(`#${CSS.escape(row.id)}`);
  return found ?? (row.dataset.client ? findRow(root, row.dataset.client) : null);
}

/** The picture that its sender has seen all along is shown until the prepared one is here. */
function keepPreview(known, row) {
  const preview = known.querySelector('[data-part="preview"][src]');
  const photo = row.querySelector(".message-photo.photo");
  if (!preview || !photo) return;
  const prepared = photo.querySelector("img");
  part(photo, "sizer").after(preview);
  if (!prepared) return;
  preview.alt = "";
  prepared.addEventListener("load", () => {
    URL.revokeObjectURL(preview.src);
    preview.remove();
  }, { once: true });
}

function replace(known, row) {
  const hadFocus = known.contains(document.activeElement);
  keepPreview(known, row);
  known.replaceWith(row);
  if (hadFocus) row.focus({ preventScroll: true });
}

/** Answers whether the row was not shown before. */
function place(root, row) {
  const known = findKnown(root, row);
  if (known && known.dataset.version === row.dataset.version) return false;
  if (known) return replace(known, row), false;
  const next = rowsOf(root).find((other) => isPending(other) || seqOf(other) > seqOf(row));
  logOf(root).insertBefore(row, next ?? null);
  return true;
}

/** `isNews` says that they are announced, and counted when they come below what is being read. */
export function merge(root, nodes, { isNews = false } = {}) {
  const rows = nodes.map((node) => document.adoptNode(node));
  const fresh = [];
  keepPlace(root, () => {
    for (const row of rows) {
      if (isNews && !isMine(row)) row.removeAttribute("aria-live");
      if (place(root, row)) fresh.push(row);
    }
    layOut(root);
  });
  settle(rows.filter((row) => row.isConnected));
  if (isNews) countArrived(root, fresh.filter((row) => !isMine(row)).length);
  return fresh;
}
