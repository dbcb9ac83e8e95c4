/* Behaviour `unfollow`: in a post's menu; that person's posts leave the feed at once, and come back on Undo. */

import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";
import { takeOut } from "../timelines/take-out.js";
import { setFollow } from "./follow-button.js";

/** Whoever is private is asked anew: their posts stay away until they answer. */
async function followAgain(name, putBack) {
  const user = await setFollow(name, true);
  if (user?.viewer.follow === "requested") toast(text("asked", { name }));
  else putBack();
}

export function unfollow(element) {
  element.addEventListener("click", async (event) => {
    event.preventDefault();
    const name = element.dataset.username;
    const putBack = takeOut(name);
    const fail = (error) => toast(error.message || text("failed"), { category: "error" });
    const undo = () => followAgain(name, putBack).catch(fail);
    try {
      await setFollow(name, false);
      toast(text("unfollowed", { name }), { action: { text: text("undo"), run: undo } });
    } catch (error) {
      putBack();
      fail(error);
    }
  });
}
