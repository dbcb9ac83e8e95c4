/* Sharing: one call for each story, one after another, in the order of the strip. What is refused, or has no answer, stays as it
   was made and can be tried again; the others go on. A story keeps its key as long as nobody knows whether it arrived, so trying
   again shows it once. */

import { newId } from "../composer/draft-store.js";
import { isReadable } from "../composer/files.js";
import { part } from "../composer/parts.js";
import { toastOnNextPage } from "../core/next-page-toast.js";
import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";
import { upload } from "../messages/upload.js";
import { readPanel, showFault } from "./composer-panel.js";

const sharedWords = (count) => text(count === 1 ? "stories_shared_one" : "stories_shared_many", { count });

function showProgress(panel, share) {
  const percent = Math.round(100 * share);
  part(panel, "progress").querySelector("progress").value = percent;
  part(panel, "percent").textContent = percent < 100 ? `${percent}\u00a0%` : text("checking");
}

function body({ file, panel }) {
  const { text: words, alt, style } = readPanel(panel);
  const form = new FormData();
  if (file) form.append("image", file, file.name);
  form.append("text", words);
  form.append("alt", alt);
  form.append("text_style", JSON.stringify(style));
  return form;
}

/** Its key made a story that is another one, or is gone since. */
const isKeyUsedUp = ({ status, code }) => code === "idempotency_conflict" || status === 404;

async function explain(slide, error) {
  if (isKeyUsedUp(error)) {
    slide.key = newId();
    return text("story_shared_already");
  }
  if (!error.status && slide.file && !(await isReadable(slide.file))) return text("file_unreadable", { name: slide.file.name });
  const { image, text_style: style } = error.fields;
  return image?.message || style?.message || error.message || text("story_unsent");
}

/** Answers {shareAll, share}; `slides` is what openSlides answered, `leave` what guard did. */
export function openShare(slides, leave) {
  let turn = Promise.resolve();
  let shared = 0;

  async function fail(slide, error) {
    const message = await explain(slide, error);
    slides.setState(slide, "failed");
    showFault(slide.panel, message, error.fields);
  }

  async function send(slide) {
    await slide.isRead;
    if (!slides.has(slide)) return;
    if (!slide.file && !readPanel(slide.panel).text) {
      await fail(slide, { status: 422, code: "invalid", message: text("story_empty"), fields: {} });
      return;
    }
    slides.setState(slide, "sending");
    showProgress(slide.panel, 0);
    const options = { onProgress: (done) => showProgress(slide.panel, done), stop: new AbortController() };
    try {
      await upload("/stories", body(slide), { ...options, headers: { "Idempotency-Key": slide.key } });
    } catch (error) {
      await fail(slide, error);
      return;
    }
    slides.setState(slide, "sent");
    shared += 1;
    document.dispatchEvent(new CustomEvent("stories:changed", { detail: { username: document.body.dataset.me } }));
  }

  /** When nothing is on its way any more: home, or what is left. */
  function settle() {
    if (slides.all().some(({ state }) => state === "waiting" || state === "sending")) return;
    const left = slides.unsent();
    if (!left.length) {
      leave.release();
      toastOnNextPage(sharedWords(shared));
      location.assign("/");
      return;
    }
    for (const slide of slides.all().filter(({ state }) => state === "sent")) slides.remove(slide);
    if (shared) toast(sharedWords(shared));
    shared = 0;
    const failed = left.find(({ state }) => state === "failed");
    if (failed) slides.select(failed);
    if (failed) part(failed.panel, "fault").focus();
  }

  function share(slide) {
    if (["waiting", "sending", "sent"].includes(slide.state)) return;
    showFault(slide.panel, "");
    showProgress(slide.panel, 0);
    slides.setState(slide, "waiting");
    turn = turn.then(() => send(slide)).then(settle);
  }

  return { share, shareAll: () => slides.unsent().forEach(share) };
}
