/* Behaviour `profile`: somebody else's page follows how we stand to each other. What opens or closes is asked anew; otherwise
   the menu alone is. */

import { fetchDocument, settle } from "../core/fragments.js";

const find = (username) => document.querySelector(`[data-behavior~="profile"][data-username="${username}"]`);

/** What of a page is not right any more: "page", "menu" or nothing. */
function stale({ dataset }, { viewer }) {
  const isOpen = dataset.open === "true";
  if (isOpen !== viewer.may_see_posts || (!isOpen && dataset.follow !== viewer.follow)) return "page";
  const isSame = dataset.muted === viewer.muted.join(" ") && dataset.followsMe === String(viewer.follows_me);
  return isSame ? "" : "menu";
}

function replaceAll(element, fresh) {
  const hadFocus = element.contains(document.activeElement);
  const [old, place] = [element, fresh].map((root) => root.querySelector(".profile-suggested"));
  if (old && place) place.replaceWith(old); // what opened there stays open
  element.replaceWith(fresh);
  settle([fresh]);
  if (hadFocus) fresh.querySelector(".button-follow")?.focus({ preventScroll: true });
}

function replaceMenu(element, fresh) {
  const [old, menu] = [element, fresh].map((root) => root.querySelector(".profile-menu"));
  const hadFocus = old.contains(document.activeElement);
  Object.assign(element.dataset, fresh.dataset);
  old.replaceWith(menu);
  settle([menu]);
  if (hadFocus) menu.querySelector("summary").focus({ preventScroll: true });
}

async function refresh(element, part) {
  const page = await fetchDocument(location.pathname + location.search);
  const fresh = page.querySelector('[data-behavior~="profile"]');
  if (!fresh || !element.isConnected) return;
  document.adoptNode(fresh);
  if (part === "page") replaceAll(element, fresh);
  else replaceMenu(element, fresh);
}

/** It is listened to for the page: the element is replaced. */
export function profile() {}

document.addEventListener("relation:stored", ({ detail: user }) => {
  const element = find(user.username);
  const part = element && stale(element, user);
  if (part) refresh(element, part).catch(() => {});
});
document.addEventListener("relation:gone", ({ detail }) => find(detail.username) && location.reload());
