/* Behaviour `composer`: pictures chosen, ordered, described and sent without leaving the page until they have arrived.
   Without it the same form takes one file per row. */

import { addFiles } from "./composer-add.js";
import { acceptFiles, sortByDragging } from "./composer-drag.js";
import { keepDraft } from "./composer-draft.js";
import { clearCaptionFault, clearFaults, showFaults } from "./composer-faults.js";
import { askToLeave } from "./composer-leave.js";
import { altOf, fileOf, listThumbs } from "./composer-thumbs.js";
import { upload } from "./composer-upload.js";
import { guard } from "./leave-guard.js";
import { toastOnNextPage } from "./next-page-toast.js";
import { keepPreview } from "./previews.js";
import { text } from "./strings.js";

function showProgress(form, share) {
  const bar = form.querySelector("progress");
  const percent = Math.round(100 * share);
  bar.value = percent;
  form.querySelector('[data-part="percent"]').textContent =
    percent < 100 ? text("uploading", { percent: `${percent}\u00a0%` }) : text("checking");
}

function setSending(form, isSending) {
  form.classList.toggle("is-sending", isSending);
  form.querySelector('[data-part="progress"]').hidden = !isSending;
  form.querySelector(".button-primary").disabled = isSending;
}

function read(form) {
  const pictures = listThumbs(form.querySelector('[data-part="thumbs"]'))
    .map((thumb) => ({ file: fileOf(thumb), alt: altOf(thumb).trim() }));
  const { caption, idempotency_key: key, csrf_token: token } = form.elements;
  return { caption: caption.value.trim(), pictures, key: key.value, csrfToken: token.value };
}

async function share(form, leave, draft) {
  const post = read(form);
  clearFaults(form);
  if (!post.caption && !post.pictures.length) {
    return showFaults(form, { fields: { caption: { message: text("nothing_to_share") } } });
  }
  setSending(form, true);
  try {
    const { id } = await upload(post, (done) => showProgress(form, done));
    if (post.pictures.length) await keepPreview(id, post.pictures[0].file);
    toastOnNextPage(text(post.pictures.length ? "post_shared" : "post_published"));
  } catch (error) {
    // The first answer was lost on its way: the post is there under this key.
    if (error.code !== "idempotency_conflict") {
      setSending(form, false);
      return showFaults(form, { fields: error.fields, message: error.message || text("upload_failed") });
    }
  }
  await draft.drop();
  leave.release();
  return location.assign("/");
}

export function composer(form) {
  const list = form.querySelector('[data-part="thumbs"]');
  const picker = form.querySelector('[data-part="picker"]');
  form.querySelector('[data-part="plain"]').disabled = true;
  const draft = keepDraft(form);
  const isDirty = () => list.children.length > 0 || form.elements.caption.value.trim() !== "";
  const leave = guard(form, isDirty, () => askToLeave(form, draft));
  const add = (files) => addFiles(form, files);
  picker.addEventListener("change", () => add([...picker.files]).then(() => (picker.value = "")));
  form.elements.caption.addEventListener("input", () => clearCaptionFault(form));
  acceptFiles(form, add);
  sortByDragging(form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    share(form, leave, draft);
  });
}
