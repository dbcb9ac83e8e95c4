/* The reader's own picture, wherever it is shown: follows what happens to one that was sent, from this tab or another.
   Events are hints, /me is the truth; it is told on as `avatar:settled`, with the Me. */

import { api } from "../core/api.js";
import { everywhere } from "../core/history.js";
import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";
import { redraw } from "./avatar-picture.js";

const POLL_MS = 5000;
const WAITING = "avatar:waiting"; // of whom: all tabs of a browser wait for a picture that one of them sent
const EVENTS = ["socket:avatar.ready", "socket:avatar.failed"];
const AGAIN = ["socket:resync", "page:back"]; // something may have happened while nobody listened
let asked = 0;

const reader = () => document.body.dataset.me;
const isWaiting = () => Boolean(reader()) && localStorage.getItem(WAITING) === reader();

export function wait() {
  localStorage.setItem(WAITING, reader());
}

function stopWaiting() {
  if (isWaiting()) localStorage.removeItem(WAITING);
}

/** Shows on every page of this tab what a Me says. */
export async function show(me) {
  await Promise.all(everywhere(`[data-avatar="${me.id}"]`).map((element) => redraw(element, me)));
}

function tellFailure({ avatar }) {
  if (document.querySelector('[data-behavior~="avatar-form"]')) return; // which says it, with what to do
  toast(`${text("avatar_failed")} ${avatar.error.message}`, {
    category: "error",
    action: { text: text("avatar_choose"), run: () => location.assign("/settings/profile") },
  });
}

/** Asks what became of the last picture; `isNews`: a failure was not told yet. The newest question counts. */
export async function ask({ isNews = isWaiting() } = {}) {
  const turn = (asked += 1);
  const me = await api("GET", "/me");
  if (turn !== asked) return;
  if (me.avatar.state !== "processing") stopWaiting();
  await show(me);
  document.dispatchEvent(new CustomEvent("avatar:settled", { detail: me }));
  if (isNews && me.avatar.state === "failed") tellFailure(me);
}

const askAgain = (options) => reader() && ask(options).catch(() => {}); // the next event, or the poll, asks again

EVENTS.forEach((name) => document.addEventListener(name, () => askAgain({ isNews: true })));
AGAIN.forEach((name) => document.addEventListener(name, () => askAgain()));
document.addEventListener("socket:connect", () => isWaiting() && askAgain());
setInterval(() => document.hidden || (isWaiting() && askAgain()), POLL_MS);
