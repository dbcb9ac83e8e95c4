/* Likes as this page shows and sends them. What is tapped shows at once; one request per thing is under way, and what was
   wanted last is sent after it: taps that cancel each other out send nothing. */

import { api } from "../core/api.js";
import { everywhere } from "../core/history.js";
import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";
import { likeCount, setLikeCount } from "../posts/counts.js";

const wanted = new Map(); // by thing, while a request is under way

const buttonsOf = (kind, id) => everywhere(`[data-behavior~="like-button"][data-kind="${kind}"][data-id="${id}"]`);

export function isLiked(kind, id) {
  return buttonsOf(kind, id).at(0)?.getAttribute("aria-pressed") === "true";
}

function show(kind, id, isOn) {
  const by = Number(isOn) - Number(isLiked(kind, id));
  for (const button of buttonsOf(kind, id)) {
    button.setAttribute("aria-pressed", String(isOn));
    button.setAttribute("formaction", `/${kind === "post" ? "p" : "comments"}/${id}/${isOn ? "unlike" : "like"}`);
  }
  const count = likeCount(`${kind}-${id}`);
  if (count !== null) setLikeCount(`${kind}-${id}`, Math.max(0, count + by));
}

async function send(kind, id, isStored) {
  const key = `${kind}-${id}`;
  let stored = isStored;
  try {
    while (wanted.get(key) !== stored) {
      const isOn = wanted.get(key);
      const answer = await api(isOn ? "PUT" : "DELETE", `/${kind}s/${id}/like`);
      stored = isOn;
      if (wanted.get(key) === stored) setLikeCount(key, answer.like_count);
    }
  } catch (error) {
    const isOn = wanted.get(key);
    show(kind, id, stored);
    if (isOn === stored) return;
    const again = { text: text("retry"), run: () => setLiked(kind, id, isOn) };
    toast(error.message || text("failed"), { category: "error", action: again });
  } finally {
    wanted.delete(key);
  }
}

/** Sets, never toggles; liking what is liked does nothing. */
export function setLiked(kind, id, isOn) {
  const before = isLiked(kind, id);
  if (before === isOn) return;
  const isBusy = wanted.has(`${kind}-${id}`);
  wanted.set(`${kind}-${id}`, isOn);
  show(kind, id, isOn);
  if (!isBusy) send(kind, id, before);
}
