/* From the press of Share to its answer. The state stands on the form as `data-state`, none while it can be edited:

     editing ──Share──▶ reading ──all are read──▶ sending ──answered──▶ published: home
        ▲                  │ refused, cancelled      │
        ├──────────────────┘                         │ refused: what is wrong stands beside it
        └────────────────────────────────────────────┤ no answer: sharing again under the same key makes no second post
                                                     └ first version published: edit that one, or share another

   While it is read and sent nothing in the form can be changed: what was on the screen at the press is what is sent, or nothing. */

import { toastOnNextPage } from "../core/next-page-toast.js";
import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";
import { keepPreview } from "../posts/previews.js";
import { allRead, clearRefused, tellRefused } from "./add.js";
import { clearFaults, showFaults } from "./faults.js";
import { isReadable } from "./files.js";
import { isBlank, part, say, thumbsOf } from "./parts.js";
import { altOf, fileOf, previewOf } from "./thumbs.js";
import { findShared, upload } from "./upload.js";

function setState(form, state) {
  const isBusy = Boolean(state);
  if (isBusy) form.dataset.state = state;
  else delete form.dataset.state;
  part(form, "progress").hidden = !isBusy;
  form.querySelector(".button-primary").disabled = isBusy;
  for (const name of ["pictures", "words", "draft", "published"]) part(form, name).inert = isBusy;
}

function showProgress(form, share, sentence) {
  part(form, "progress").querySelector("progress").value = Math.round(100 * share);
  part(form, "percent").textContent = sentence;
}

function showSent(form, share) {
  const percent = Math.round(100 * share);
  showProgress(form, share, percent < 100 ? text("uploading", { percent: `${percent}\u00a0%` }) : text("checking"));
}

/** Resolves with whether everything that was chosen is there to be sent. A press that was cancelled meanwhile tells nobody
    of what is refused: the next one does. */
async function waitForPictures(form, signal) {
  await allRead(form, (index, total) => showProgress(form, (index - 1) / total, text("reading", { index, total })));
  return !signal.aborted && !tellRefused(form);
}

function toPost(form) {
  const pictures = thumbsOf(form).map((thumb) => ({ file: fileOf(thumb), alt: altOf(thumb).trim() }));
  const { caption, idempotency_key: key, csrf_token: token } = form.elements;
  return { caption: caption.value.trim(), pictures, key: key.value, csrfToken: token.value };
}

/** Files that went away look like a broken connection. */
async function unreadable(form) {
  const readable = await Promise.all(thumbsOf(form).map((thumb) => isReadable(fileOf(thumb))));
  const lost = thumbsOf(form).map((thumb, i) => [`images.${i}`, fileOf(thumb).name]).filter((_, i) => !readable[i]);
  return Object.fromEntries(lost.map(([field, name]) => [field, { message: text("file_unreadable", { name }) }]));
}

function edit(form, faults) {
  setState(form, "");
  showFaults(form, faults);
  form.querySelector(".notice-danger:not([hidden]), .is-wrong, #images-error:not([hidden])")?.scrollIntoView({ block: "center", behavior: "instant" });
  if (!form.contains(document.activeElement)) form.querySelector(".button-primary").focus({ preventScroll: true });
}

/** A server that answered this has stored nothing; after anything else the post may exist. */
const isRefusal = ({ status }) => status >= 400 && status < 500;

async function fail({ form, draft }, error, signal) {
  if (signal.aborted) {
    setState(form, "");
    toast(text("sharing_stopped"));
    return undefined;
  }
  if (isRefusal(error)) {
    draft.settle();
    return edit(form, error);
  }
  const fields = await unreadable(form);
  return edit(form, { fields, message: error.message || text("upload_failed") });
}

/** Its key made a post from other words or pictures. */
async function meetFirstVersion(composing, signal) {
  const { form, draft, showFirst } = composing;
  const shared = await findShared(form.elements.idempotency_key.value).catch(() => undefined);
  if (shared === undefined) return edit(form, { fields: {}, message: text("upload_failed") });
  if (shared) {
    setState(form, "");
    return showFirst(shared);
  }
  draft.startAnother(); // it is deleted since
  return send(composing, signal);
}

async function send(composing, signal) {
  const { form, draft, leave } = composing;
  setState(form, "sending");
  showSent(form, 0);
  draft.press();
  try {
    const { id, images } = await upload(toPost(form), { onProgress: (done) => showSent(form, done), signal });
    if (images.length) await keepPreview(id, previewOf(thumbsOf(form)[0]));
    toastOnNextPage(text(images.length ? "post_shared" : "post_published"));
  } catch (error) {
    if (error.code === "idempotency_conflict") return meetFirstVersion(composing, signal);
    return fail(composing, error, signal);
  }
  await draft.drop();
  leave.release();
  return location.assign("/");
}

/** `composing` is {form, draft, leave, showFirst}: what openDraft, guard and firstVersion answered. */
export async function share(composing) {
  const { form } = composing;
  if (form.dataset.state) return;
  clearFaults(form);
  part(form, "published").hidden = true;
  if (isBlank(form)) {
    showFaults(form, { message: "", fields: { caption: { message: text("nothing_to_share") } } });
    return;
  }
  const stop = new AbortController();
  part(form, "cancel").onclick = () => stop.abort();
  setState(form, "reading");
  const isCancelled = new Promise((resolve) => stop.signal.addEventListener("abort", () => resolve(false)));
  const isWhole = await Promise.race([waitForPictures(form, stop.signal), isCancelled]);
  if (isWhole) {
    clearRefused(form);
    await send(composing, stop.signal);
    return;
  }
  if (stop.signal.aborted) {
    setState(form, "");
    return;
  }
  say(form, text("not_shared"));
  edit(form, { fields: { images: { message: text("not_shared") } } });
}
