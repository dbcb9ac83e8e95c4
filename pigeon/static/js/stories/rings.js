/* Rings around pictures: whatever has `data-ring-user` follows what that person publishes, what is seen of it, and its end.
   An unseen ring is a link to the stories where it does not stand in another link; a picture without one leads to the profile. */

import { fetchDocument } from "../core/fragments.js";
import { everywhere } from "../core/history.js";
import { text } from "../core/strings.js";
import { atEnds } from "./ends.js";

const PLACES = "[data-ring-user]";
const placesOf = (username) => everywhere(`[data-ring-user="${CSS.escape(username)}"]`);

export const stateOf = (element) => (element.classList.contains("is-unseen") ? "unseen" : element.classList.contains("is-seen") ? "seen" : "");

/** A link that holds nothing but a picture stays one, and leads to the profile when there is nothing new. */
function makePlace(old, state) {
  const isInside = old.parentElement?.closest("a");
  const opens = !isInside && (state === "unseen" || (state && "ringOpens" in old.dataset));
  const isLink = opens || (!isInside && old.matches("a:not([data-ring-opens])"));
  const place = document.createElement(isLink ? "a" : "span");
  const name = old.dataset.ringUser;
  if (opens) {
    place.setAttribute("href", `/stories/${name}`);
    place.dataset.behavior = "story-link";
    place.setAttribute("aria-label", text("story_by", { name }));
  } else if (isLink) {
    place.setAttribute("href", `/u/${name}`);
    place.tabIndex = -1;
    place.setAttribute("aria-hidden", "true");
  }
  return place;
}

function redraw(old, state, ends) {
  if (stateOf(old) === state && (old.dataset.expires ?? "") === (state ? ends : "")) return;
  const place = makePlace(old, state);
  place.className = [...old.classList].filter((name) => !name.startsWith("is-")).join(" ");
  if (state) place.classList.add(`is-${state}`);
  place.dataset.ringUser = old.dataset.ringUser;
  if ("ringOpens" in old.dataset) place.dataset.ringOpens = "";
  if (state && ends) place.dataset.expires = ends;
  const hadFocus = document.activeElement === old;
  place.append(...old.childNodes);
  old.replaceWith(place);
  if (hadFocus && place.matches("a[href]")) place.focus({ preventScroll: true });
}

/** Draws the ring of somebody wherever their picture is: `state` is "unseen", "seen" or "". */
export function drawRing(username, state, ends = "") {
  for (const place of placesOf(username)) redraw(place, state, ends || (place.dataset.expires ?? ""));
}

/** Asks for one person; on a page with a tray, that one asks for all. */
async function refresh(username) {
  if (!placesOf(username).length || document.querySelector('[data-behavior~="story-tray"]')) return;
  const card = await fetchDocument(`/u/${encodeURIComponent(username)}/card`).catch(() => null);
  const place = card?.querySelector(PLACES);
  if (place) drawRing(username, stateOf(place), place.dataset.expires);
}

for (const name of ["socket:story.changed", "stories:changed"]) {
  document.addEventListener(name, ({ detail }) => refresh(detail.username));
}
document.addEventListener("stories:seen", ({ detail }) => {
  const isTheirs = placesOf(detail.username).some(stateOf); // a ring that has ended meanwhile does not come back
  if (isTheirs) drawRing(detail.username, detail.unseen ? "unseen" : "seen");
});

atEnds(`${PLACES}[data-expires]`, (element) => redraw(element, "", ""));
