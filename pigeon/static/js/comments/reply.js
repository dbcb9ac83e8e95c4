/* Behaviour `comment-reply`: opens a field below the thread, addressed to who is answered. One at a time. */

import { rootOf } from "./discussion.js";

function makeForm(root, comment) {
  const template = root.querySelector('template[data-part="reply-form"]');
  const form = template.content.firstElementChild.cloneNode(true);
  const { author } = comment.dataset;
  form.setAttribute("action", `/comments/${comment.dataset.comment}/replies`);
  form.elements.text.value = author === document.body.dataset.me ? "" : `@${author} `;
  return form;
}

export function commentReply(link) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const root = rootOf(link);
    const comment = link.closest(".comment");
    const form = makeForm(root, comment);
    root.querySelectorAll("#reply, .comment-form.is-reply").forEach((other) => other.remove());
    comment.closest(".thread").append(form);
    const input = form.elements.text;
    input.focus({ preventScroll: true });
    form.scrollIntoView({ block: "nearest" });
    // Its draft is put in as soon as the behaviour is bound: a moment later.
    requestAnimationFrame(() => input.setSelectionRange(input.value.length, input.value.length));
  }, { capture: true });
}
