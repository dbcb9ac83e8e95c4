/* Behaviour `suggestion-strip`: opens under a profile once its person is followed from here, and closes with the follow. */

import { fetchDocument, settle } from "../core/fragments.js";

const find = (username) => document.querySelector(`[data-behavior~="suggestion-strip"][data-username="${username}"]`);

async function open(username) {
  const page = await fetchDocument(`/u/${username}?suggested=true`);
  const [place, strip] = [find(username), page.getElementById("suggested")];
  if (!place || !strip || place.dataset.follow === "none" || place.firstElementChild) return;
  place.append(document.adoptNode(strip));
  settle([strip]);
}

/** It is listened to for the page: the element moves into a page that is asked anew. */
export function suggestionStrip() {}

document.addEventListener("relation:stored", ({ detail: user }) => {
  const place = find(user.username);
  const before = place?.dataset.follow;
  if (!place || before === user.viewer.follow) return;
  place.dataset.follow = user.viewer.follow;
  if (user.viewer.follow === "none") place.replaceChildren();
  else if (before === "none") open(user.username).catch(() => {});
});
