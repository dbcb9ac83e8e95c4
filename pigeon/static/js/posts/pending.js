/* Behaviour `pending-post`: my post while its pictures are prepared; becomes the real card by itself. */

import { fetchDocument, settle } from "../core/fragments.js";
import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";
import { refreshChecklist } from "../timelines/checklist.js";
import { dropPreview, findPreview } from "./previews.js";

const POLL_MS = 10_000;
const AGAIN = ["socket:connect", "socket:resync", "page:back"]; // something may have happened while nobody listened
const EVENTS = ["socket:post.progress", "socket:post.ready", "socket:post.failed"];

function showPreview(element, postId) {
  const picture = element.querySelector("img[data-preview]");
  const preview = findPreview(postId);
  if (!picture || !preview) return;
  picture.src = preview;
  picture.hidden = false;
}

function showProgress(element, progress) {
  const { done, total } = progress;
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

const onPage = () => [...document.querySelectorAll('[data-behavior~="pending-post"][data-state]')];
const isPrepared = (element) => element.dataset.state === "processing";
const update = (element) => refresh(element, element.dataset.post).catch(() => {});
const updateAll = () => onPage().filter(isPrepared).forEach(update);

function onEvent({ type, detail }) {
  const element = onPage().find(({ dataset }) => dataset.post === String(detail.post_id));
  if (!element) return undefined;
  return type === "socket:post.progress" ? showProgress(element, detail) : update(element);
}

/** A retry swaps the state under the element: what happens is judged by the state of that moment. */
export function pendingPost(element) {
  showPreview(element, element.dataset.post);
  new MutationObserver(() => isPrepared(element) && update(element)).observe(element, { attributeFilter: ["data-state"] });
}

setInterval(() => document.hidden || updateAll(), POLL_MS);
EVENTS.forEach((name) => document.addEventListener(name, onEvent));
AGAIN.forEach((name) => document.addEventListener(name, updateAll));
