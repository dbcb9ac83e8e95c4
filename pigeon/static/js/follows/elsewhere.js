/* Something changed between me and somebody else: on another tab of mine, or because they answered. The event is a hint;
   what holds now is asked, and shown wherever the page says it. `relation:gone`: they are not there for me any more. */

import { api } from "../core/api.js";
import { forgetPages } from "../core/history.js";
import { showStored } from "./states.js";
import { inTurn, isLast } from "./turns.js";

const isShown = (username) => document.querySelector(`[data-username="${username}"]`);

async function follow(username) {
  const turn = inTurn(username, () => api("GET", `/users/${username}`));
  try {
    const user = await turn;
    if (isLast(username, turn)) showStored(user);
  } catch (error) {
    if (error.status === 404) document.dispatchEvent(new CustomEvent("relation:gone", { detail: { username } }));
  }
}

/** Whose page is shown: between its making and the socket's connection nobody told what changed. */
function followProfile() {
  const profile = document.querySelector('[data-behavior~="profile"]');
  if (profile) follow(profile.dataset.username);
}

for (const name of ["socket:connect", "live:refetch"]) document.addEventListener(name, followProfile);
document.addEventListener("socket:relations.changed", ({ detail: { username } }) => {
  forgetPages();
  if (isShown(username)) follow(username);
});
