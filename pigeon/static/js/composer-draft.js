/* The composer keeps what is not sent yet, and offers it when its writer comes back. */

import { joinWords, offer, restore, thumbsOf } from "./composer-draft-offer.js";
import { altOf, fileOf } from "./composer-thumbs.js";
import { dropDraft, findDraft, keepPictures, keepWords } from "./draft-store.js";
import { text } from "./strings.js";

const PAUSE_MS = 1500;

const part = (form, name) => form.querySelector(`[data-part="${name}"]`);
const isBlank = (form) => !form.elements.caption.value.trim() && thumbsOf(form).length === 0;

function read(form) {
  const thumbs = thumbsOf(form);
  return { caption: form.elements.caption.value, alts: thumbs.map(altOf), files: thumbs.map(fileOf) };
}

/** Two drafts as one; descriptions whose pictures could not be kept are left out, the others would get them. */
function join(first, { caption, alts, files }) {
  const known = first.alts.slice(0, first.files.length);
  return { caption: joinWords(first.caption, caption), alts: [...known, ...alts], files: [...first.files, ...files] };
}

/** Answers {save, drop}: `save` writes now, `drop` forgets and keeps nothing more. A draft that is offered and not answered yet
    belongs to another post: it outlives both. */
export function keepDraft(form) {
  let timer = null;
  let files = [];
  let isOver = false;
  let offered = null;
  let isJoined = false; // what is stored is more than what is offered

  async function write({ caption, alts, files: now }) {
    const areKept = keepWords({ caption, alts });
    const isSame = now.length === files.length && now.every((file, i) => file === files[i]);
    const hasPictures = isSame || (await keepPictures((files = now)));
    part(form, "draft-state").textContent = text(areKept && hasPictures ? "draft_kept" : "draft_words_kept");
  }

  async function forget() {
    if (!offered) return dropDraft();
    return isJoined ? write(offered) : undefined;
  }

  async function save() {
    clearTimeout(timer);
    if (isOver || !form.isConnected) return undefined;
    if (isBlank(form)) return forget();
    isJoined = Boolean(offered);
    return write(offered ? join(offered, read(form)) : read(form));
  }

  function saveSoon() {
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE_MS);
  }

  async function answer() {
    offered = await findDraft().catch(() => null);
    if (!offered) return;
    const choice = await offer(form, offered);
    const draft = offered;
    offered = null;
    await (choice === "restore" ? restore(form, draft) : dropDraft());
  }

  answer().then(() => {
    form.addEventListener("input", saveSoon);
    new MutationObserver(saveSoon).observe(part(form, "thumbs"), { childList: true });
    addEventListener("pagehide", save);
    if (!isBlank(form)) saveSoon();
  });
  return { save, drop: () => ((isOver = true), clearTimeout(timer), forget()) };
}
