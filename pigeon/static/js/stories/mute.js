/* Behaviour `story-mute`: their stories stay away from now on, with Undo. What else there is to mute is chosen on the page that the
   link leads to without scripts. */

import { api } from "../core/api.js";
import { forgetPages } from "../core/history.js";
import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";

const tell = (name, username) => document.dispatchEvent(new CustomEvent(name, { detail: { username } }));

async function set(username, isMuted) {
  await api(isMuted ? "PUT" : "DELETE", `/users/${encodeURIComponent(username)}/mute`, { of: ["stories"] });
  forgetPages();
  tell("stories:changed", username);
}

async function change(username, isMuted) {
  try {
    await set(username, isMuted);
  } catch (error) {
    return toast(error.message || text("failed"), { category: "error" });
  }
  if (isMuted) tell("stories:muted", username);
  const undo = { text: text("undo"), run: () => change(username, false) };
  return isMuted
    ? toast(text("stories_muted", { name: username }), { action: undo })
    : toast(text("stories_unmuted", { name: username }));
}

export function storyMute(link) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    link.closest("details").open = false;
    change(link.dataset.username, true);
  }, { capture: true });
}
