/* Behaviour `follow-button`: follows at once, asks the server behind it, and takes it back when that fails. */

import { api } from "./api.js";
import { forgetPages } from "./history.js";
import { text } from "./strings.js";
import { toast } from "./toasts.js";

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
  const bell = document.querySelector(`[data-behavior~="bell-button"][data-username="${username}"]`);
  if (bell) bell.hidden = !isFollowing;
}

function showCount(username, count) {
  const place = document.querySelector(`[data-followers="${username}"]`);
  if (!place) return;
  place.title = count;
  if (count < 10_000) place.querySelector("strong").textContent = count.toLocaleString();
}

/** Sets, never toggles: asking twice changes nothing. Throws ApiError, with the page as it was. */
export async function setFollow(username, isFollowed) {
  show(username, isFollowed ? "following" : "none");
  try {
    const user = await api(isFollowed ? "PUT" : "DELETE", `/users/${username}/follow`);
    forgetPages();
    show(username, user.viewer.follow);
    showCount(username, user.follower_count);
  } catch (error) {
    show(username, isFollowed ? "none" : "following");
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
  element.addEventListener("click", (event) => {
    event.preventDefault();
    change(element.dataset.username, element.dataset.follow === "none");
  });
}
