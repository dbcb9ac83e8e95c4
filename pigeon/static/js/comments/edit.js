/* Behaviour `comment-edit`: my comment becomes a field in its place. */

import { api } from "../core/api.js";
import { fetchDocument, settle } from "../core/fragments.js";
import { forgetPages } from "../core/history.js";
import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";
import { find, rootOf, say } from "./discussion.js";
import { findDraft, keepDraft } from "./drafts.js";
import { bindField, showError } from "./field.js";

function makeForm(root, comment) {
  const template = root.querySelector('template[data-part="edit-form"]');
  const form = template.content.firstElementChild.cloneNode(true);
  form.setAttribute("action", `/comments/${comment.dataset.comment}/edit`);
  form.elements.text.value = findDraft(form) || comment.querySelector('[data-part="text"]').textContent;
  return form;
}

/** As the server draws it now. */
async function redraw(root, comment) {
  const { comment: id } = comment.dataset;
  const page = await fetchDocument(`/comments/${id}?fragment=1`);
  const fresh = document.adoptNode(find(page, id));
  comment.replaceWith(fresh);
  settle([fresh]);
  fresh.focus({ preventScroll: true });
}

function open(link) {
  const root = rootOf(link);
  const comment = link.closest(".comment");
  const form = makeForm(root, comment);

  /** What was typed is found again, unless it was saved or given up. */
  function close() {
    form.remove();
    comment.classList.remove("is-editing");
    comment.focus({ preventScroll: true });
  }

  function giveUp() {
    keepDraft(form, "");
    close();
  }

  async function send() {
    form.querySelector('[data-part="send"]').disabled = true;
    try {
      await api("PATCH", `/comments/${comment.dataset.comment}`, { text: form.elements.text.value.trim() });
      keepDraft(form, "");
      forgetPages();
      await redraw(root, comment);
      say(root, text("comment_saved"));
    } catch (error) {
      form.querySelector('[data-part="send"]').disabled = false;
      if (error.fields?.text) showError(form, error.fields.text.message);
      else toast(error.message || text("failed"), { category: "error", action: { text: text("retry"), run: send } });
    }
  }

  root.querySelectorAll(".comment-form.is-edit").forEach((other) => other.dispatchEvent(new Event("comment:leave")));
  comment.classList.add("is-editing");
  comment.querySelector(".comment-main").append(form);
  form.addEventListener("comment:leave", close);
  form.elements.text.addEventListener("input", () => keepDraft(form, form.elements.text.value));
  bindField(form, { send, cancel: giveUp });
  form.elements.text.focus({ preventScroll: true });
  form.scrollIntoView({ block: "nearest" });
  form.elements.text.setSelectionRange(form.elements.text.value.length, form.elements.text.value.length);
}

export function commentEdit(link) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    link.closest("details").open = false;
    open(link);
  }, { capture: true });
}
