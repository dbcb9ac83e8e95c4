/* Behaviour `follow-button`: follows at once, asks the server behind it, and takes it back when that fails. Whoever is private
   is asked first: the button says so until they answer, and pressing it again withdraws the question. */

import { api } from "../core/api.js";
import { forgetPages } from "../core/history.js";
import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";
import "./elsewhere.js";
import { isPrivate, show, showStored } from "./states.js";
import { inTurn, isLast } from "./turns.js";

const stored = new Map(); // by username: what the server said last

document.addEventListener("relation:stored", ({ detail }) => stored.set(detail.username, detail.viewer.follow));

function expected(username, isFollowed) {
  if (!isFollowed) return "none";
  return isPrivate(username) && stored.get(username) !== "following" ? "requested" : "following";
}

/** Sets, never toggles: asking twice changes nothing. Answers the User; throws ApiError, with the page as it was. */
export async function setFollow(username, isFollowed) {
  show(username, expected(username, isFollowed));
  const turn = inTurn(username, () => api(isFollowed ? "PUT" : "DELETE", `/users/${username}/follow`));
  try {
    const user = await turn;
    forgetPages();
    stored.set(username, user.viewer.follow);
    if (isLast(username, turn)) showStored(user);
    return user;
  } catch (error) {
    if (!isLast(username, turn)) return null;
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
