/* Behaviour `delete-story`: in a dialog, the story goes away without leaving the page or the viewer. */

import { api } from "../core/api.js";
import { forgetPages } from "../core/history.js";
import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";

const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

export function deleteStory(form) {
  const dialog = form.closest("dialog");
  if (!dialog) return;
  form.addEventListener("submit", async (event) => {
    const { story, username } = form.dataset;
    event.preventDefault();
    event.submitter.disabled = true;
    try {
      await api("DELETE", `/stories/${story}`);
      forgetPages();
      dialog.close();
      document.querySelectorAll(`.page .story[data-story="${story}"]`).forEach((shown) => shown.remove());
      tell("stories:deleted", { story_id: story, username });
      tell("stories:changed", { username });
      toast(text("story_deleted"));
    } catch (error) {
      event.submitter.disabled = false;
      toast(error.message || text("failed"), { category: "error" });
    }
  });
}
