/* Behaviours `mute` and `unmute`: at once, with Undo. Muted posts leave the feed; what there is to mute beside them is chosen
   on the page that the link leads to without scripts. */

import { api } from "../core/api.js";
import { forgetPages } from "../core/history.js";
import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";
import { inTurn } from "../follows/turns.js";
import { takeOut } from "../timelines/take-out.js";

const nothing = () => {};

async function set(name, isMuted) {
  const user = await inTurn(name, () => api(isMuted ? "PUT" : "DELETE", `/users/${name}/mute`, { of: ["posts"] }));
  forgetPages();
  document.dispatchEvent(new CustomEvent("relation:stored", { detail: user }));
}

async function change(name, isMuted, putBack = isMuted ? takeOut(name) : nothing) {
  try {
    await set(name, isMuted);
    const undo = () => (putBack(), change(name, !isMuted, nothing));
    toast(text(isMuted ? "muted" : "unmuted", { name }), { action: { text: text("undo"), run: undo } });
  } catch (error) {
    putBack();
    toast(error.message || text("failed"), { category: "error" });
  }
}

function changeOnClick(element, isMuted) {
  element.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const menu = element.closest("details");
    menu.open = false;
    menu.querySelector("summary").focus();
    change(element.dataset.username, isMuted);
  }, { capture: true });
}

export function mute(element) {
  changeOnClick(element, true);
}

export function unmute(element) {
  changeOnClick(element, false);
}
