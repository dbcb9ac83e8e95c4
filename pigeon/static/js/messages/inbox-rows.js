/* The rows of the inbox. A row is known by its conversation; `data-key` says whether it looks as before. */

import { settle } from "../core/fragments.js";

const listOf = (root) => root.querySelector(".conversations");
const rowsOf = (root) => [...(root?.querySelectorAll(".conversation") ?? [])];

/** Marks the conversation that is open beside the inbox. */
export function showOpen(element) {
  const open = element.closest(".messages")?.dataset.open;
  for (const row of rowsOf(element)) {
    const link = row.querySelector(".conversation-link");
    if (open && row.dataset.chat === open) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

/** Gives a row the looks of a fresh one. Its link stays the same element, so it keeps the focus; an open menu stays. */
function update(row, fresh) {
  if (row.dataset.key === fresh.dataset.key) return;
  const [link, freshLink] = [row, fresh].map((one) => one.querySelector(".conversation-link"));
  link.setAttribute("href", freshLink.getAttribute("href"));
  link.replaceChildren(...freshLink.childNodes);
  const [menu, freshMenu] = [row, fresh].map((one) => one.querySelector(".conversation-menu"));
  const hadFocus = menu.contains(document.activeElement);
  if (!menu.open) {
    menu.replaceWith(freshMenu);
    settle([freshMenu]);
    if (hadFocus) freshMenu.querySelector("summary").focus({ preventScroll: true });
  }
  row.className = fresh.className;
  Object.assign(row.dataset, fresh.dataset, menu.open ? { key: "" } : {}); // with an open menu it is drawn again later
}

/** What is moved loses the focus: it gets it back, without being scrolled to. */
function put(list, row, before) {
  const focused = row.contains(document.activeElement) ? document.activeElement : null;
  list.insertBefore(row, before);
  focused?.focus({ preventScroll: true });
}

/** The fresh rows in their order; those that stand right already are not touched. */
function arrange(list, fresh) {
  let place = list.firstElementChild;
  for (const wanted of fresh) {
    const row = list.querySelector(`#${CSS.escape(wanted.id)}`);
    if (row) update(row, wanted);
    if (row && row === place) {
      place = place.nextElementSibling;
      continue;
    }
    put(list, row ?? wanted, place);
    if (!row) settle([wanted]);
  }
}

/** What would stand among the fresh rows and does not is gone; rows of older pages stay. */
function drop(list, fresh, isWhole) {
  const ids = new Set(fresh.map((row) => row.id));
  const oldest = isWhole ? "" : fresh.at(-1).dataset.at;
  rowsOf(list).filter((row) => !ids.has(row.id) && row.dataset.at > oldest).forEach((row) => row.remove());
}

function showRequests(element, count) {
  const mark = element.querySelector('[data-part="requests"]');
  mark.hidden = count === "0";
  mark.textContent = count;
}

/** Makes the inbox agree with the server's first page (an element of this document). */
export function merge(element, items) {
  const here = element.querySelector('[data-part="items"]');
  showRequests(element, items.dataset.requests);
  const fresh = rowsOf(items);
  if (!fresh.length || !listOf(here)) {
    here.replaceWith(items);
    settle([items]);
    return;
  }
  drop(listOf(here), fresh, !items.querySelector(".older"));
  arrange(listOf(here), fresh);
}
