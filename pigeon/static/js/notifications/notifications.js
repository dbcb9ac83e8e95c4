/* Behaviour `notifications`: the list follows what happens. Rows come from the server's own markup; what is new or has grown
   goes to the top, unless the reader has scrolled away from it: then a pill says so. */

import { api } from "../core/api.js";
import { fetchDocument, settle, withParameter } from "../core/fragments.js";
import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";
import { showUnseen } from "../ui/badges.js";
import { latest } from "./latest.js";
import { dropEmptySections, isAtTop, merge, toTop } from "./list.js";
import { notificationPill } from "./pill.js";
import { showAllRead } from "./row.js";
import { seenMarker } from "./seen.js";

const SOON_MS = 150;
const EVENTS = ["socket:notification.created", "socket:notification.deleted", "socket:notification.counts"];
const REFETCHES = ["socket:connect", "live:refetch", "visibilitychange", "page:back", "notifications:emptied"];
const handlers = new WeakMap();

export function notifications(element) {
  const pill = notificationPill(element, () => refresh().then(() => toTop(element)).catch(() => toast(text("failed"), { category: "error" })));
  const news = seenMarker();
  const fetchFirst = latest(fetchDocument);
  const said = element.querySelector('[data-part="said"]');
  const kinds = element.dataset.kinds.split(" ").filter(Boolean);
  let timer = null;
  let unread = Number(element.dataset.unread);

  async function refresh() {
    const asked = pill.ids();
    const page = await fetchFirst(withParameter(element.dataset.path, "fragment", "items"));
    if (!page) return;
    const made = merge(element, page.querySelector('[data-part="items"]'));
    if (made.length) news.arrived(); // before the socket connected nobody told
    settle(made);
    pill.drop(asked);
    await news.see();
  }

  function refreshSoon() {
    clearTimeout(timer);
    timer = setTimeout(() => refresh().catch(() => undefined), SOON_MS);
  }

  function onCreated({ id, kind, message }) {
    if (kinds.length && !kinds.includes(kind)) return;
    pill.add(id);
    news.arrived();
    said.textContent = text("notification_new", { message });
    if (isAtTop(element)) refreshSoon();
    else pill.show();
  }

  function onCounts(detail) {
    if (detail.unread < unread) refreshSoon(); // read or emptied on another of my tabs
    unread = detail.unread;
  }

  function onDeleted({ id }) {
    pill.drop([id]);
    dropEmptySections(element, id);
  }

  handlers.set(element, ({ type, detail }) => {
    if (type.endsWith(".counts")) return onCounts(detail);
    unread = detail?.unread ?? unread;
    if (type.endsWith(".created")) return onCreated(detail);
    if (type.endsWith(".deleted")) return onDeleted(detail);
    return document.hidden ? undefined : refreshSoon();
  });

  showUnseen(0); // it was opened just now
  element.querySelector('[data-part="read-all"]').addEventListener("click", async (event) => {
    event.preventDefault();
    await api("PUT", "/notifications/read").then(() => showAllRead(element)).then(refresh).catch(() => toast(text("failed"), { category: "error" }));
  });
}

// One list is shown at a time; a page that was put back on "back" goes on where it was.
for (const name of [...EVENTS, ...REFETCHES]) {
  document.addEventListener(name, (event) => handlers.get(document.getElementById("notices"))?.(event));
}
