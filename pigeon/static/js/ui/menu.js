/* Behaviour `menu`: a <details> that closes on Esc, outside clicks and choices, and moves by arrow keys. */

function items(menu) {
  return [...menu.querySelectorAll("a[href], button")].filter((item) => item.offsetParent);
}

function close(menu, { focus = false } = {}) {
  menu.open = false;
  if (focus) menu.querySelector("summary").focus();
}

function move(menu, event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !menu.open) return;
  const list = items(menu);
  const at = list.indexOf(document.activeElement);
  const next = at < 0 && step < 0 ? list.length - 1 : (at + step + list.length) % list.length;
  event.preventDefault();
  list[next]?.focus();
}

export function menu(element) {
  element.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && element.open) {
      event.preventDefault(); // a dialog around it stays open
      event.stopPropagation();
      close(element, { focus: true });
    }
    move(element, event);
  });
  element.addEventListener("click", (event) => {
    if (event.target.closest("a[href], .menu-item")) close(element);
  });
  element.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !element.contains(event.relatedTarget)) close(element);
  });
}

document.addEventListener("pointerdown", (event) => {
  for (const open of document.querySelectorAll("details.menu[open]")) {
    if (!open.contains(event.target)) close(open);
  }
});
