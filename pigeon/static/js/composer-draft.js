/* The composer keeps what is not sent yet, and offers it when its writer comes back. */

import { addFiles } from "./composer-add.js";
import { altOf, fileOf, listThumbs } from "./composer-thumbs.js";
import { dropDraft, findDraft, keepPictures, keepWords } from "./draft-store.js";
import { text } from "./strings.js";

const PAUSE_MS = 1500;

const part = (form, name) => form.querySelector(`[data-part="${name}"]`);
const thumbsOf = (form) => listThumbs(part(form, "thumbs"));
const isBlank = (form) => !form.elements.caption.value.trim() && thumbsOf(form).length === 0;

async function restore(form, draft) {
  const { caption } = form.elements;
  caption.value = [draft.caption, caption.value].filter((words) => words.trim()).join("\n");
  caption.dispatchEvent(new Event("input", { bubbles: true }));
  const before = thumbsOf(form).length;
  await addFiles(form, draft.files);
  thumbsOf(form).slice(before).forEach((thumb, i) => {
    const field = thumb.querySelector("textarea");
    field.value = draft.alts[i] ?? "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  caption.focus();
}

/** Shows the offer; resolves when it is answered, or at once when nothing waits. */
async function offer(form) {
  const draft = await findDraft().catch(() => null);
  if (!draft) return;
  const box = part(form, "draft");
  const count = draft.alts.length;
  const words = [draft.caption, count && text(draft.files.length < count ? "draft_lost_pictures" : "draft_pictures", { count })];
  box.querySelector('[data-part="draft-words"]').textContent = words.filter(Boolean).join(" · ");
  box.hidden = false;
  const choice = await new Promise((resolve) => box.addEventListener("click", ({ target }) => {
    const found = target.closest("[data-do]")?.dataset.do;
    if (found) resolve(found);
  }));
  box.hidden = true;
  if (choice === "restore") await restore(form, draft);
  else await dropDraft();
}

/** Answers {save, drop}: `save` writes now, `drop` forgets and keeps nothing more. */
export function keepDraft(form) {
  let timer = null;
  let files = [];
  let isOver = false;

  async function save() {
    clearTimeout(timer);
    if (isOver || !form.isConnected) return;
    if (isBlank(form)) return dropDraft();
    const thumbs = thumbsOf(form);
    const areKept = keepWords({ caption: form.elements.caption.value, alts: thumbs.map(altOf) });
    const now = thumbs.map(fileOf);
    const isSame = now.length === files.length && now.every((file, i) => file === files[i]);
    const hasPictures = isSame || (await keepPictures((files = now)));
    part(form, "draft-state").textContent = text(areKept && hasPictures ? "draft_kept" : "draft_words_kept");
    return undefined;
  }

  function saveSoon() {
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE_MS);
  }

  offer(form).then(() => {
    form.addEventListener("input", saveSoon);
    new MutationObserver(saveSoon).observe(part(form, "thumbs"), { childList: true });
    addEventListener("pagehide", save);
    if (!isBlank(form)) saveSoon();
  });
  return { save, drop: () => ((isOver = true), clearTimeout(timer), dropDraft()) };
}
