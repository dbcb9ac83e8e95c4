/* How many notifications wait unseen: in the navigation, before the title, on the tab's icon. What the server says last counts:
   a page it sends, or an event of the socket on any of the reader's tabs. */

import { api } from "../core/api.js";

const MOST = 99;
const PREFIX = /^\(\d+\+?\) /;
let toldAt = 0;
let askedAt = 0;

const place = () => document.querySelector('[data-badge-place="notifications"]');
const words = () => place()?.textContent.trim() ?? "";

/** Others change the title too: it keeps its number. */
function showInTitle() {
  const title = document.title.replace(PREFIX, "");
  const wanted = words() ? `(${words()}) ${title}` : title;
  if (document.title !== wanted) document.title = wanted;
}

function showInIcon() {
  const icon = /** @type {HTMLLinkElement} */ (document.querySelector('link[rel="icon"][type="image/svg+xml"]'));
  const wanted = words() ? icon.dataset.unread : icon.dataset.read;
  if (wanted && icon.getAttribute("href") !== wanted) icon.href = wanted;
}

function showAround() {
  showInTitle();
  showInIcon();
}

export function showUnseen(unseen) {
  if (!place()) return;
  const badge = Object.assign(document.createElement("span"), { textContent: unseen > MOST ? `${MOST}+` : unseen });
  badge.dataset.badge = "notifications";
  place().replaceChildren(...(unseen ? [badge] : []));
  showAround();
}

function onTold({ detail }) {
  if (detail?.unseen === undefined) return;
  toldAt = performance.now();
  showUnseen(detail.unseen);
}

async function refreshUnseen() {
  showUnseen((await api("GET", "/notifications/unread")).unseen);
}

for (const name of ["created", "deleted", "counts"]) document.addEventListener(`socket:notification.${name}`, onTold);
// Between the making of the page and the socket's connection nobody tells.
for (const name of ["socket:connect", "live:refetch"]) document.addEventListener(name, () => refreshUnseen().catch(() => undefined));

// A page that was asked for before the socket spoke shows an older number.
document.addEventListener("htmx:before:request", () => (askedAt = performance.now()));
document.addEventListener("htmx:after:swap", () => {
  if (toldAt > askedAt) refreshUnseen().catch(() => undefined);
  else showAround();
});

if (place()) {
  new MutationObserver(showInTitle).observe(document.querySelector("title"), { childList: true });
  showAround();
}
