/* A story of mine that could not be prepared, wherever I am meanwhile. */

import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";

document.addEventListener("socket:story.failed", ({ detail }) => {
  const isListed = document.getElementById("stories-waiting");
  const view = { text: text("view"), run: () => location.assign(`/stories/new#story-row-${detail.story_id}`) };
  toast(text("story_not_prepared"), { category: "error", action: isListed ? undefined : view });
});
