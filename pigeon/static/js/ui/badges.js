/* How much waits: unseen notifications and unread messages, in the navigation, and both together before the title and on the
   tab's icon. What the server says last counts: a page it sends, or an event of the socket on any of the reader's tabs. */

import { api } from "../core/api.js";

const MOST = 99;
const PREFIX = /^\(\d+\+?\) /;
const NAMES = ["notifications", "messages"];
let toldAt = 0;
let askedAt = 0;

const place = (name) => document.querySelector(`[data-badge-place="${name}"]`);
const words = (count) => (count > MOST ? `${MOST}+` : String(count));

/** What a badge shows; over 99 is just that. */
function shown(name) {
  const text = place(name)?.textContent.trim() ?? "";
  return text.endsWith("+") ? MOST + 1 : Number(text);
}

const waiting = () => NAMES.reduce((sum, name) => sum + shown(name), 0);

/** Others change the title too: it keeps its number. */
function showInTitle() {
  const title = document.title.replace(PREFIX, "");
  const wanted = waiting() ? `(${words(waiting())}) ${title}` : title;
  if (document.title !== wanted) document.title = wanted;
}

function showInIcon() {
  const icon = /** @type {HTMLLinkElement} */ (document.querySelector('link[rel="icon"][type="image/svg+xml"]'));
  const wanted = waiting() ? icon.dataset.unread : icon.dataset.read;
  if (wanted && icon.getAttribute("href") !== wanted) icon.href = wanted;
}

function showAround() {
  showInTitle();
  showInIcon();
}

function fill(element, count, mark) {
  element?.replaceChildren(...(count ? [Object.assign(mark, { textContent: words(count) })] : []));
}

function show(name, count) {
  const badge = document.createElement("span");
  badge.dataset.badge = name;
  fill(place(name), count, badge);
  fill(document.querySelector(`[data-badge-echo="${name}"]`), count, Object.assign(document.createElement("span"), { className: "badge-echo" }));
  if (place(name)) showAround();
}

export const showUnseen = (count) => show("notifications", count);

/** Of messages: what the badge of this tab shows, for who has heard the total. */
export const showUnread = (count) => show("messages", count);

function onTold(count, showCount) {
  if (count === undefined) return;
  toldAt = performance.now();
  showCount(count);
}

async function refresh() {
  const { unread } = await api("GET", "/me");
  showUnseen(unread.notifications);
  showUnread(unread.messages);
}

const refreshSoon = () => refresh().catch(() => undefined);

for (const name of ["created", "deleted", "counts"]) {
  document.addEventListener(`socket:notification.${name}`, ({ detail }) => onTold(detail?.unseen, showUnseen));
}
document.addEventListener("socket:chat.unread", ({ detail }) => onTold(detail?.total, showUnread));
// Between the making of the page and the socket's connection nobody tells. A mute or a block changes what counts.
for (const name of ["socket:connect", "live:refetch"]) document.addEventListener(name, refreshSoon);

// A page that was asked for before the socket spoke shows an older number.
document.addEventListener("htmx:before:request", () => (askedAt = performance.now()));
document.addEventListener("htmx:after:swap", () => {
  if (toldAt > askedAt) refreshSoon();
  else showAround();
});

if (place("notifications")) {
  new MutationObserver(showInTitle).observe(document.querySelector("title"), { childList: true });
  showAround();
}
