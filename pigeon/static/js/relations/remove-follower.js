/* Behaviour `remove-follower`: in a row of my followers, or in the menu of a profile. It is gone at once; the server is told
   when Undo has gone or the page hides. */

import { api } from "../core/api.js";
import { forgetPages } from "../core/history.js";
import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";
import { compact } from "../ui/numbers.js";
import { neighbourOf } from "../ui/rows.js";
import { undoable } from "../ui/undoable.js";

function count(item, by) {
  const place = item.closest(".people")?.querySelector("[data-part=count]");
  if (!place) return;
  place.title = Number(place.title) + by;
  place.textContent = compact(Number(place.title));
}

function setShown(item, isShown) {
  item.hidden = !isShown;
  count(item, isShown ? 1 : -1);
}

function moveFocus(item) {
  const menu = item.closest("details");
  if (menu) menu.open = false;
  (menu ? menu.querySelector("summary") : neighbourOf(item)?.querySelector("a") ?? document.querySelector("h1"))?.focus();
}

async function send(item, name) {
  try {
    await api("DELETE", `/me/followers/${name}`, undefined, { keepalive: true });
  } catch (error) {
    if (error.status !== 404) {
      setShown(item, true);
      toast(error.message || text("failed"), { category: "error" });
      return;
    }
  }
  forgetPages();
  item.remove();
}

export function removeFollower(element) {
  element.addEventListener("click", (event) => {
    event.preventDefault();
    const item = element.closest("li");
    const name = element.dataset.username;
    moveFocus(item);
    setShown(item, false);
    const undo = () => {
      setShown(item, true);
      (item.closest("details")?.querySelector("summary") ?? item.querySelector("a"))?.focus();
    };
    undoable(text("follower_removed", { name }), { send: () => send(item, name), undo });
  });
}
