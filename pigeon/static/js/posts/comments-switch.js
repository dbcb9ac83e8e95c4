/* Behaviour `comments-switch`: my post takes comments, or no more; what shows it is fetched anew. */

import { api } from "../core/api.js";
import { fetchDocument, settle } from "../core/fragments.js";
import { forgetPages } from "../core/history.js";
import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";
import { fetchPost } from "./links.js";

async function fetchFresh(element, postId) {
  if (element.matches(".post-view")) return fetchPost(`/p/${postId}`);
  const page = await fetchDocument(`/p/${postId}?fragment=card`);
  return document.adoptNode(page.querySelector(".post-card"));
}

async function refresh(element, postId) {
  const fresh = await fetchFresh(element, postId);
  const hadFocus = element.contains(document.activeElement);
  if (!element.id) fresh.removeAttribute("id"); // in the dialog the page below has it
  element.replaceWith(fresh);
  settle([fresh]);
  if (hadFocus) fresh.querySelector(".post-menu > summary").focus({ preventScroll: true });
}

async function change(postId, isOpen) {
  await api("PATCH", `/posts/${postId}`, { comments_open: isOpen });
  forgetPages();
  const shown = document.querySelectorAll(`.post-card[data-post="${postId}"], .post-view[data-post="${postId}"]`);
  await Promise.all([...shown].map((element) => refresh(element, postId)));
  toast(text(isOpen ? "comments_on" : "comments_off"));
}

export function commentsSwitch(button) {
  button.addEventListener("click", async (event) => {
    event.preventDefault();
    const { post, open } = button.dataset;
    const menu = button.closest("details");
    menu.open = false;
    menu.querySelector("summary").focus();
    try {
      await change(post, open !== "true");
    } catch (error) {
      toast(error.message || text("failed"), { category: "error" });
    }
  });
}
