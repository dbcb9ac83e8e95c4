/* Behaviour `pending-post`: my post while its pictures are prepared; becomes the real card by itself. */

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
  element.querySelector("[data-count]").textContent = text("pictures_done", { done, total });
}

/** The first steps of a newcomer: sharing a photo is done now. */
async function refreshChecklist() {
  const shown = document.querySelector(".checklist");
  if (!shown) return;
  const fresh = (await fetchDocument("/")).querySelector(".checklist");
  if (!fresh || !shown.isConnected) return;
  shown.replaceWith(document.adoptNode(fresh));
  settle([fresh]);
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

export function pendingPost(element) {
  const postId = element.dataset.post;
  showPreview(element, postId);
  if (element.dataset.state !== "processing") return;
  const update = () => refresh(element, postId).catch(() => {});
  const poll = setInterval(() => (element.isConnected ? document.hidden || update() : stop()), POLL_MS);

  function onEvent(event) {
    if (!element.isConnected) return stop();
    if (AGAIN.includes(event.type)) return update();
    if (String(event.detail.post_id) !== postId) return undefined;
    return event.type === "socket:post.progress" ? showProgress(element, event.detail) : update();
  }

  function stop() {
    clearInterval(poll);
    EVENTS.forEach((name) => document.removeEventListener(name, onEvent));
  }

  EVENTS.forEach((name) => document.addEventListener(name, onEvent));
}
