/* How I stand to somebody, wherever the page says it: buttons, the bell, the count of followers. What the server said is told
   on as `relation:stored`, with the User. */

import { text } from "../core/strings.js";
import { compact } from "../ui/numbers.js";
import { showBell } from "./bell-button.js";

const WORDS = { none: "follow", requested: "requested", following: "following" };
const buttonsOf = (username) => document.querySelectorAll(`[data-behavior~="follow-button"][data-username="${username}"]`);
const bellOf = (username) => document.querySelector(`[data-behavior~="bell-button"][data-username="${username}"]`);

/** Whether following this person only asks them, as far as this page knows. */
export const isPrivate = (username) => [...buttonsOf(username)].some((button) => "private" in button.dataset);

/** Every control of the page that shows whether I follow this person: `none`, `requested` or `following`. */
export function show(username, follow) {
  const isOn = follow !== "none";
  for (const button of buttonsOf(username)) {
    button.dataset.follow = follow;
    button.classList.toggle("is-following", isOn);
    button.setAttribute("formaction", `/u/${username}/${isOn ? "unfollow" : "follow"}`);
    button.setAttribute("aria-label", text(`${WORDS[follow]}_name`, { name: username }));
    button.querySelector("span").textContent = text(WORDS[follow]);
  }
  const bell = bellOf(username);
  if (bell) bell.hidden = follow !== "following";
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
export function showStored(user) {
  const bell = bellOf(user.username);
  show(user.username, user.viewer.follow);
  showCount(user.username, user.follower_count);
  if (bell) showBell(bell, user.viewer.bell);
  document.dispatchEvent(new CustomEvent("relation:stored", { detail: user }));
}
