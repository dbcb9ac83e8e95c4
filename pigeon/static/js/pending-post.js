/* Behaviour `pending-post`: my post while its pictures are prepared; becomes the real card by itself. */

import { refreshChecklist } from "./checklist.js";
import { fetchDocument, settle } from "./fragments.js";
import { dropPreview, findPreview } from "./previews.js";
import { text } from "./strings.js";
import { toast } from "./toasts.js";

const POLL_MS = 10_000;
const AGAIN = ["socket:connect", "socket:resync"]; // something may have happened while nobody listened
const EVENTS = ["socket:post.progress", "socket:post.ready", "socket:post.failed", ...AGAIN];

function showPreview(element, postId) {
  const picture = element.querySelector("img[data-preview]");
  const preview = findPreview(postId);
  if (!picture || !preview) return;
  picture.src = preview;
  picture.hidden = false;
}

function showProgress(element, { done, total }) {
  const ring = element.querySelector("[data-ring]");
  if (!ring) return;
  ring.setAttribute("stroke-dasharray", `${Math.round((100 * done) / total)} 100`);
  element.querySelector(".pending-count").textContent = text("pictures_done", { done, total });
}

async function refresh(element, postId) {
  const page = await fetchDocument(`/p/${postId}?fragment=card`);
  const card = document.adoptNode(page.getElementById(element.id));
  if (!element.isConnected) return;
  if (card.dataset.state === element.dataset.state) {
    showProgress(element, card.dataset);
    return;
  }
  const hadFocus = element.contains(document.activeElement);
  element.replaceWith(card);
  settle([card]);
  if (hadFocus) card.focus({ preventScroll: true });
  if (card.dataset.state) return;
  dropPreview(postId);
  toast(text("post_published"));
  refreshChecklist().catch(() => {});
}

/** A retry swaps the state under the element: what happens is judged by the state of that moment. */
export function pendingPost(element) {
  const postId = element.dataset.post;
  showPreview(element, postId);
  const isPending = () => element.isConnected && element.dataset.state;
  const update = () => refresh(element, postId).catch(() => {});
  const poll = setInterval(() => {
    if (!isPending()) stop();
    else if (element.dataset.state === "processing" && !document.hidden) update();
  }, POLL_MS);
  const swapped = new MutationObserver(() => element.dataset.state === "processing" && update());

  function onEvent(event) {
    if (!isPending()) return stop();
    if (AGAIN.includes(event.type)) return element.dataset.state === "processing" && update();
    if (String(event.detail.post_id) !== postId) return undefined;
    return event.type === "socket:post.progress" ? showProgress(element, event.detail) : update();
  }

  function stop() {
    clearInterval(poll);
    swapped.disconnect();
    EVENTS.forEach((name) => document.removeEventListener(name, onEvent));
  }

  swapped.observe(element, { attributeFilter: ["data-state"] });
  EVENTS.forEach((name) => document.addEventListener(name, onEvent));
}
