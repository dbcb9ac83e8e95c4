/* Behaviour `unfollow`: in a post's menu; that person's posts leave the feed at once, and come back on Undo. */

import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";
import { setFollow } from "./follow-button.js";

/** Takes the cards out; answers how to put them back where they were. */
function takeOut(username) {
  const cards = [...document.querySelectorAll(`#feed > [data-author="${username}"]`)];
  const rest = [...document.querySelectorAll("#feed > article")].filter((card) => !cards.includes(card));
  const next = rest.find((card) => cards[0]?.compareDocumentPosition(card) & Node.DOCUMENT_POSITION_FOLLOWING) ?? rest.at(-1);
  const places = cards.map((card) => {
    const place = document.createComment("");
    card.replaceWith(place);
    return place;
  });
  next?.focus({ preventScroll: true });
  return () => places.forEach((place, i) => place.replaceWith(cards[i]));
}

export function unfollow(element) {
  element.addEventListener("click", async (event) => {
    event.preventDefault();
    const name = element.dataset.username;
    const putBack = takeOut(name);
    const fail = (error) => toast(error.message || text("failed"), { category: "error" });
    const undo = () => (putBack(), setFollow(name, true).catch(fail));
    try {
      await setFollow(name, false);
      toast(text("unfollowed", { name }), { action: { text: text("undo"), run: undo } });
    } catch (error) {
      putBack();
      fail(error);
    }
  });
}
