/* Behaviour `like-button`: a heart of `data-kind` `post` or `comment`; without JavaScript it sends a form. */

import { isLiked, setLiked } from "./likes.js";

export function likeButton(element) {
  element.addEventListener("click", (event) => {
    const { kind, id } = element.dataset;
    event.preventDefault();
    element.classList.add("is-tapped"); // from now on a change is worth a motion
    setLiked(kind, id, !isLiked(kind, id));
  });
}
