/* Behaviour `delete-post`: in a dialog, the post goes away without leaving the page. */

import { api } from "../core/api.js";
import { forgetPages } from "../core/history.js";
import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";

function removeFromPage(postId) {
  const shown = document.getElementById(`post-${postId}`);
  const item = shown?.closest(".grid-item") ?? shown;
  const next = item?.nextElementSibling ?? item?.previousElementSibling;
  item?.remove();
  (next?.matches("[tabindex]") ? next : next?.querySelector("a"))?.focus({ preventScroll: true });
}

export function deletePost(form) {
  const dialog = form.closest("dialog");
  if (!dialog) return;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { post } = form.dataset;
    event.submitter.disabled = true;
    try {
      await api("DELETE", `/posts/${post}`);
      forgetPages();
      dialog.close();
      const isOverPage = document.querySelector("#post-dialog[open]");
      if (isOverPage) history.back();
      else if (location.pathname === `/p/${post}`) return location.assign("/");
      removeFromPage(post);
      toast(text("post_deleted"));
    } catch (error) {
      event.submitter.disabled = false;
      toast(error.message || text("failed"), { category: "error" });
    }
    return undefined;
  });
}
