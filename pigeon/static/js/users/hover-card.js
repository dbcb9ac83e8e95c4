/* A person at a glance beside their name, where a mouse rests or the keyboard stays; never on touch. Arrow down goes into
   the card, Esc closes it. */

import { fetchDocument, settle } from "../core/fragments.js";
import { text } from "../core/strings.js";
import { place } from "./hover-card-place.js";

const HANDLE = /^\/u\/([\w.]+)$/;
const POINT_MS = 300;
const FOCUS_MS = 600;
const LEAVE_MS = 250;
const canHover = matchMedia("(hover: hover) and (min-width: 768px)");
let timer = null;
let open = null; // {link, card}

/** The link to a person's profile that holds `node`; those of navigation and of cards are left alone. */
function handleOf(node) {
  const link = node.closest?.("main a[href], dialog a[href], .notices-panel a[href]");
  return link && !link.closest(".hover-card, .profile-tabs, .menu") && HANDLE.test(link.getAttribute("href")) ? link : null;
}

function close({ focus = false } = {}) {
  clearTimeout(timer);
  if (!open) return;
  const { link, card } = open;
  open = null;
  card.remove();
  link.removeAttribute("aria-expanded");
  link.removeAttribute("aria-description");
  if (focus) link.focus();
}

async function show(link) {
  const page = await fetchDocument(`${link.getAttribute("href")}/card`);
  const isWanted = link.isConnected && (link.matches(":hover") || document.activeElement === link);
  if (!isWanted || open?.link === link) return;
  close();
  const card = document.adoptNode(page.querySelector(".hover-card"));
  open = { link, card };
  (link.closest("dialog") ?? document.querySelector(".frame")).append(card);
  settle([card]);
  place(card, link);
  link.setAttribute("aria-expanded", "true");
  link.setAttribute("aria-description", text("card_hint"));
  card.addEventListener("pointerenter", () => clearTimeout(timer));
  card.addEventListener("pointerleave", closeSoon);
  card.addEventListener("focusout", ({ relatedTarget }) => relatedTarget && !card.contains(relatedTarget) && close());
}

function showSoon(link, afterMs) {
  clearTimeout(timer);
  if (canHover.matches && open?.link !== link) timer = setTimeout(() => show(link).catch(() => undefined), afterMs);
}

function closeSoon() {
  clearTimeout(timer);
  timer = setTimeout(close, LEAVE_MS);
}

document.addEventListener("pointerover", (event) => {
  const link = event.pointerType === "mouse" && handleOf(event.target);
  if (link) showSoon(link, POINT_MS);
});
document.addEventListener("pointerout", (event) => handleOf(event.target) && !event.relatedTarget?.closest?.(".hover-card") && closeSoon());
document.addEventListener("focusin", ({ target }) => handleOf(target) && target.matches(":focus-visible") && showSoon(target, FOCUS_MS));
document.addEventListener("focusout", ({ target, relatedTarget }) => handleOf(target) && !open?.card.contains(relatedTarget) && close());
document.addEventListener("keydown", (event) => {
  const goesIn = event.key === "ArrowDown" && document.activeElement === open?.link;
  if (!open || !(goesIn || event.key === "Escape")) return;
  event.preventDefault();
  event.stopPropagation();
  if (goesIn) open.card.querySelector("a").focus();
  else close({ focus: open.card.contains(document.activeElement) });
}, { capture: true });
for (const name of ["scroll", "pointerdown"]) {
  addEventListener(name, ({ target }) => open?.card.contains(target) || close(), { capture: true, passive: true });
}
document.addEventListener("htmx:before:history:update", () => close());
