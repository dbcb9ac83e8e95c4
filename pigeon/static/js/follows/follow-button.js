/* Behaviour `follow-button`: follows at once, asks the server behind it, and takes it back when that fails. */

import { api } from "../core/api.js";
import { forgetPages } from "../core/history.js";
import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";
import { compact } from "../ui/numbers.js";
import { showBell } from "./bell-button.js";
import { inTurn, isLast } from "./turns.js";

const stored = new Map(); // by username: what the server said last
const bellOf = (username) => document.querySelector(`[data-behavior~="bell-button"][data-username="${username}"]`);

/** Every control of the page that shows whether I follow this person. */
function show(username, follow) {
  const isFollowing = follow !== "none";
  for (const button of document.querySelectorAll(`[data-behavior~="follow-button"][data-username="${username}"]`)) {
    button.dataset.follow = follow;
    button.classList.toggle("is-following", isFollowing);
    button.setAttribute("formaction", `/u/${username}/${isFollowing ? "unfollow" : "follow"}`);
    button.setAttribute("aria-label", text(isFollowing ? "following_name" : "follow_name", { name: username }));
    button.querySelector("span").textContent = text(isFollowing ? "following" : "follow");
  }
  const bell = bellOf(username);
  if (bell) bell.hidden = !isFollowing;
}

function showCount(username, count) {
  const place = document.querySelector(`[data-followers="${username}"]`);
  if (!place) return;
  const sentence = text(count === 1 ? "followers_one" : "followers_many", { shown: compact(count) });
  const [, before, number, after] = /(.*)<strong>(.*)<\/strong>(.*)/.exec(sentence);
  place.title = count;
  place.replaceChildren(before, Object.assign(document.createElement("strong"), { textContent: number }), after);
}

/** What the server made of it: with a follow it forgets the bell. */
function showStored(username, user) {
  const bell = bellOf(username);
  show(username, user.viewer.follow);
  showCount(username, user.follower_count);
  if (bell) showBell(bell, user.viewer.bell);
}

/** Sets, never toggles: asking twice changes nothing. Throws ApiError, with the page as it was. */
export async function setFollow(username, isFollowed) {
  show(username, isFollowed ? "following" : "none");
  const turn = inTurn(username, () => api(isFollowed ? "PUT" : "DELETE", `/users/${username}/follow`));
  try {
    const user = await turn;
    forgetPages();
    stored.set(username, user.viewer.follow);
    if (isLast(username, turn)) showStored(username, user);
  } catch (error) {
    if (!isLast(username, turn)) return;
    show(username, stored.get(username) ?? (isFollowed ? "none" : "following"));
    throw error;
  }
}

async function change(username, isFollowed) {
  try {
    await setFollow(username, isFollowed);
  } catch (error) {
    const again = { text: text("retry"), run: () => change(username, isFollowed) };
    toast(error.message || text("failed"), { category: "error", action: again });
  }
}

export function followButton(element) {
  stored.set(element.dataset.username, element.dataset.follow);
  element.addEventListener("click", (event) => {
    event.preventDefault();
    change(element.dataset.username, element.dataset.follow === "none");
  });
}
