/* Behaviour `new-posts-pill`: says that posts arrived, and puts them on top when asked; never by itself. */

import { api } from "../core/api.js";
import { fetchDocument, settle } from "../core/fragments.js";
import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";

const PUBLISHED = ":scope > article:not(.is-pending)";
const isFresh = (card) => !document.getElementById(card.id);

/** The first page of the timeline, newest first. */
async function fetchCards() {
  const page = await fetchDocument("/?fragment=feed");
  return [...(page.getElementById("feed")?.querySelectorAll(PUBLISHED) ?? [])];
}

const fetchFresh = async () => (await fetchCards()).filter(isFresh);

/* A full page of news does not reach down to what is shown: between them posts would be missing. */
const leavesGap = (feed, cards) => cards.filter(isFresh).length >= PAGE && feed.querySelector(PUBLISHED);
const PAGE = 10;

const handlers = new WeakMap();
const fetchNewestId = () => api("GET", "/timeline?limit=1").then(({ items }) => items[0]?.id);

/** Puts in what is not shown yet, in the order of the timeline: after a follow old posts are new here, and not the newest. */
function insert(feed, cards) {
  const fresh = [];
  let before = null;
  for (const card of cards) {
    let shown = document.getElementById(card.id);
    if (!shown) {
      shown = document.adoptNode(card);
      fresh.push(shown);
      feed.insertBefore(shown, before ? before.nextElementSibling : feed.querySelector(PUBLISHED));
    }
    before = shown;
  }
  if (fresh.length) feed.parentElement.querySelector(":scope > .empty")?.remove();
  settle(fresh);
  scrollTo({ top: 0, behavior: "instant" });
  fresh[0]?.focus({ preventScroll: true });
}

export function newPostsPill(element) {
  const button = element.querySelector("button");
  const words = button.querySelector("[data-words]");
  const waiting = new Set();

  function show() {
    button.hidden = waiting.size === 0;
    words.textContent = waiting.size === 1 ? text("new_posts_one") : text("new_posts_many", { count: waiting.size });
  }

  async function onResync() {
    const fresh = await fetchFresh().catch(() => []);
    fresh.forEach((card) => waiting.add(card.id.slice("post-".length)));
    show();
  }

  /** Between this page's making and its socket, and while another page was shown, nobody told it anything. */
  async function onSilence() {
    if (new URLSearchParams(location.search).has("before")) return;
    const newest = await fetchNewestId().catch(() => null);
    if (newest && !document.getElementById(`post-${newest}`)) onResync();
  }

  button.addEventListener("click", async () => {
    if (new URLSearchParams(location.search).has("before")) return location.assign("/");
    const feed = document.getElementById("feed");
    button.disabled = true;
    try {
      const cards = await fetchCards();
      if (leavesGap(feed, cards)) return location.assign("/");
      waiting.clear();
      show();
      insert(feed, cards);
    } catch {
      toast(text("failed"), { category: "error" });
    } finally {
      button.disabled = false;
    }
    return undefined;
  });
  handlers.set(element, ({ type, detail }) => {
    if (type !== "socket:timeline.new") return type === "socket:resync" ? onResync() : onSilence();
    if (!document.getElementById(`post-${detail.post_id}`)) waiting.add(String(detail.post_id));
    return show();
  });
}

for (const name of ["socket:timeline.new", "socket:resync", "socket:connect", "page:back"]) {
  document.addEventListener(name, (event) => handlers.get(document.querySelector('[data-behavior~="new-posts-pill"]'))?.(event));
}
