/* The rows of the list of notifications and the headings between them. A row is known by its id and, when its group has grown,
   by its time. */

const listOf = (element) => element.querySelector(".notices-list");
const rowsOf = (root) => [...(root?.querySelectorAll(".news") ?? [])];
const scroller = (element) => element.closest(".notices-panel") ?? document.documentElement;

/** Ids of rows that were deleted here for good: an answer that was asked for before does not bring them back. */
export const deleted = new Set();

export const isAtTop = (element) => scroller(element).scrollTop < 120;

export function toTop(element) {
  scroller(element).scrollTo({ top: 0, behavior: "instant" });
  element.querySelector(".news-link")?.focus({ preventScroll: true });
}

/** Takes out a row (or none), and headings that have no row left; tells when that was the last one. */
export function dropEmptySections(element, id) {
  if (id) document.getElementById(`notification-${id}`)?.remove();
  for (const heading of element.querySelectorAll(".notices-heading")) {
    if (!heading.nextElementSibling?.matches(".news")) heading.remove();
  }
  if (!rowsOf(element).length) element.dispatchEvent(new CustomEvent("notifications:emptied", { bubbles: true }));
}

function headingOf(row) {
  let node = row;
  while (!node.matches(".notices-heading")) node = node.previousElementSibling;
  return node;
}

/** Puts a row under its heading, which is made on top when the list has none of that name. */
function putOnTop(list, row, heading) {
  let place = document.getElementById(heading.id);
  if (!place) list.prepend((place = document.importNode(heading, true)));
  place.after(row);
}

function update(list, fresh) {
  const heading = headingOf(fresh);
  const row = document.importNode(fresh, true);
  const old = document.getElementById(fresh.id);
  if (!old || old.dataset.at !== fresh.dataset.at) {
    old?.remove();
    row.classList.add("is-fresh");
    putOnTop(list, row, heading);
    return row;
  }
  if (old.className.replace(" is-fresh", "") === fresh.className) return null;
  old.replaceWith(row);
  return row;
}

/** Makes the list agree with the server's first page, older rows below it aside; answers the nodes that are new. */
export function merge(element, items) {
  const here = element.querySelector('[data-part="items"]');
  rowsOf(items).filter((row) => deleted.has(row.id)).forEach((row) => row.remove());
  const fresh = rowsOf(items);
  if (!fresh.length && items.querySelector(".notices-heading")) return []; // it was asked for before the last one went
  const list = listOf(element);
  if (!fresh.length || !list) {
    const whole = document.importNode(items, true);
    here.replaceWith(whole);
    return [whole];
  }
  const focused = document.activeElement?.closest(".news")?.id;
  const ids = new Set(fresh.map((row) => row.id));
  const oldest = items.querySelector(".older") ? fresh.at(-1).dataset.at : "";
  rowsOf(here).filter((row) => !ids.has(row.id) && row.dataset.at > oldest).forEach((row) => row.remove());
  const made = fresh.reverse().map((row) => update(list, row)).filter(Boolean);
  dropEmptySections(element);
  if (focused && !document.activeElement?.closest(".news")) document.getElementById(focused)?.querySelector(".news-link")?.focus();
  return made;
}
