/* Likes as this page shows and sends them. */

import { api } from "../core/api.js";
import { everywhere } from "../core/history.js";
import { switchTo } from "../ui/switches.js";
import { likeCount, setLikeCount } from "../posts/counts.js";

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

/** Sets, never toggles; liking what is liked does nothing. */
export function setLiked(kind, id, isOn) {
  const key = `${kind}-${id}`;
  switchTo(key, isOn, isLiked(kind, id), {
    show: (isLikedNow) => show(kind, id, isLikedNow),
    request: (isWanted) => api(isWanted ? "PUT" : "DELETE", `/${kind}s/${id}/like`),
    onAnswer: (answer) => setLikeCount(key, answer.like_count),
    again: (isWanted) => setLiked(kind, id, isWanted),
  });
}
