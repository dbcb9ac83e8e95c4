/* Behaviour `notification-panel`: on wide windows the bell opens the list beside the rail; its own page stays one link away. */

import { fetchDocument, settle, withParameter } from "../core/fragments.js";
import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";
import { makePanel } from "./panel-frame.js";

const wide = matchMedia("(min-width: 768px)");
let panel = null;
let turns = 0; // only the answer to the last question is shown

const bell = () => document.querySelector('[data-behavior~="notification-panel"]');
const isOutside = (node) => !panel.contains(node) && !bell().contains(node) && !node.closest("dialog, .toasts");

function close({ focus = false } = {}) {
  turns += 1;
  panel?.remove();
  panel = null;
  bell()?.setAttribute("aria-expanded", "false");
  if (focus) bell()?.focus();
}

function fill(page) {
  const list = document.adoptNode(page.getElementById("notices"));
  panel.removeAttribute("aria-busy");
  panel.replaceChildren(list);
  settle([list]);
  list.querySelector("h1").focus();
}

function fail(path) {
  close({ focus: true });
  toast(text("failed"), { category: "error", action: { text: text("retry"), run: () => open(path) } });
}

function open(path = "/notifications") {
  if (!panel) {
    document.querySelector(".nav").after((panel = makePanel()));
    panel.addEventListener("click", onPanelClick, { capture: true });
  }
  bell().setAttribute("aria-expanded", "true");
  panel.focus();
  const turn = ++turns;
  fetchDocument(withParameter(path, "fragment", "panel"))
    .then((page) => turn === turns && fill(page))
    .catch(() => turn === turns && fail(path));
}

function onPanelClick(event) {
  if (event.target.closest('[data-part="close"]')) close({ focus: true });
  const filter = event.target.closest('[data-part="filter"]');
  if (!filter || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  event.stopPropagation();
  open(filter.getAttribute("href"));
}

export function notificationPanel(element) {
  element.setAttribute("aria-expanded", "false");
  element.addEventListener("click", (event) => {
    const isPlain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!isPlain || !wide.matches || location.pathname === "/notifications") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (panel) return close({ focus: true });
    open();
  }, { capture: true });
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !panel || event.defaultPrevented || document.querySelector("dialog[open]")) return;
  close({ focus: true });
});
document.addEventListener("pointerdown", ({ target }) => panel && isOutside(target) && close());
document.addEventListener("focusin", ({ target }) => panel && isOutside(target) && close());
document.addEventListener("htmx:before:history:update", () => close());
document.addEventListener("htmx:before:history:restore", (event) => event.defaultPrevented || close());
// A page that is swapped in says nothing of what stands beside it.
document.addEventListener("htmx:after:swap", () => bell()?.setAttribute("aria-expanded", String(Boolean(panel))));
wide.addEventListener("change", () => close());
