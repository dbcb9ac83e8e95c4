/* The composer keeps what is not sent yet, at every change, and offers it when its writer comes back.

   One form holds one post, which has one key from its first letter until its fate is known. What was on the screen at each
   press of Share is kept beside it (`pressed`) until an answer comes: after a reload the same words under the same key are the
   same post, and whoever changed them since is told. */

import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";
import { whenGone } from "../ui/toast-gone.js";
import { addPictures, nameRefused } from "./add.js";
import { offer } from "./draft-offer.js";
import { dropDraft, dropPicture, dropStrays, dropWords, findPicture, keepDraft, keepPicture, listDrafts, newId } from "./draft-store.js";
import { isBlank, part, tellChange, thumbsOf } from "./parts.js";
import { altOf, fileOf, idOf, takeAllAway } from "./thumbs.js";
import { findShared, isShared } from "./upload.js";

/** {caption, pictures: [{id, name, alt}]} as they stand in the form. */
function read(form) {
  const pictures = thumbsOf(form).map((thumb) => ({ id: idOf(thumb), name: fileOf(thumb).name, alt: altOf(thumb) }));
  return { caption: form.elements.caption.value, pictures };
}

/** Puts a draft whose files were found into the empty form; pictures that could not be kept are named, with their words. */
function fill(form, { caption, pictures }) {
  form.elements.caption.value = caption;
  form.elements.caption.dispatchEvent(new Event("input", { bubbles: true }));
  for (const { name, alt } of pictures.filter(({ file }) => !file)) nameRefused(form, { key: "draft_lost_picture", values: { name } }, alt);
  addPictures(form, pictures.filter(({ file }) => file));
}

/** The draft of this form; every method of it leaves form and device in agreement. */
export function openDraft(form) {
  const keyField = form.elements.idempotency_key;
  const keeping = new Map(); // picture id → whether the browser could keep it, later
  let pressed = [];
  let isOver = false;
  let isSwapping = false;
  let isOffering = false;
  const discarded = new Set(); // keys of drafts that are gone for who looks

  async function tellKept(areWordsKept) {
    const areKept = (await Promise.all(keeping.values())).every(Boolean);
    const state = part(form, "draft-state");
    const sentence = text(!areWordsKept ? "draft_not_kept" : areKept ? "draft_kept" : "draft_words_kept");
    if (state.textContent !== sentence) state.textContent = sentence;
  }

  function keepPictures(pictures) {
    const ids = new Set(pictures.map(({ id }) => id));
    for (const thumb of thumbsOf(form)) {
      if (!keeping.has(idOf(thumb))) keeping.set(idOf(thumb), keepPicture(idOf(thumb), fileOf(thumb)));
    }
    for (const [id, stored] of keeping) {
      if (ids.has(id)) continue;
      keeping.delete(id);
      stored.then(() => dropPicture(id));
    }
  }

  function keep() {
    if (isOver || isSwapping) return;
    const content = read(form);
    const isOfUse = !isBlank(form) || pressed.length > 0; // who took everything back wants to know what became of it, too
    const areKept = isOfUse && keepDraft({ key: keyField.value, ...content, pressed });
    if (!isOfUse) dropWords(keyField.value);
    keepPictures(content.pictures);
    if (!isBlank(form)) tellKept(areKept);
  }

  /** What stands in the form waits as a draft of its own, and is offered next. */
  function exchange(found) {
    isSwapping = true;
    keeping.clear();
    takeAllAway(form);
    keyField.value = found.key;
    pressed = found.pressed;
    for (const { id, file } of found.pictures) if (file) keeping.set(id, Promise.resolve(true));
    fill(form, found);
    isSwapping = false;
    tellChange(form);
    form.elements.caption.focus();
  }

  /** True when nothing of it is left to share: it was published as it stands, or everything was taken back since. */
  async function isDone(found) {
    if (!found.pressed.length) return false;
    const isEmpty = !found.caption.trim() && !found.pictures.length;
    const shared = await findShared(found.key).catch(() => null);
    if (!isEmpty && !(shared && isShared(shared, found))) return false;
    await dropDraft(found);
    if (shared) toast(text("post_was_published"), { action: { text: text("view"), run: () => location.assign(`/p/${shared.id}`) } });
    return true;
  }

  const waiting = () => listDrafts().filter(({ key }) => key !== keyField.value && !discarded.has(key));
  const withFiles = async (found) => {
    const pictures = await Promise.all(found.pictures.map(async (picture) => ({ ...picture, file: await findPicture(picture.id) })));
    return { ...found, pictures };
  };

  /** At once for who looks, in truth when the message with its Undo has gone, or the page. */
  function discard(found) {
    const finish = () => discarded.delete(found.key) && dropDraft(found);
    const undo = () => {
      discarded.delete(found.key);
      offerAll();
    };
    discarded.add(found.key);
    addEventListener("pagehide", finish);
    whenGone(toast(text("draft_discarded"), { action: { text: text("undo"), run: undo } }), finish);
  }

  async function offerAll() {
    if (isOffering) return;
    isOffering = true;
    for (let [found, ...others] = waiting(); found && form.isConnected; [found, ...others] = waiting()) {
      if (await isDone(found)) continue;
      const choice = await offer(form, await withFiles(found), others.length);
      const now = waiting().find(({ key }) => key === found.key); // another tab may have shared it
      if (!now) continue;
      if (choice === "restore") exchange(await withFiles(now));
      else discard(now);
    }
    isOffering = false;
  }

  form.addEventListener("input", keep);
  form.addEventListener("composer:change", keep);
  dropStrays().then(offerAll);
  if (!isBlank(form)) keep(); // typed before this script ran

  return {
    /** {caption, alts}: what stands in the form now, put onto the pictures of the post that an earlier press made, in the order
        of then. `alts` is null when none of the presses was like that post: nobody knows which of its pictures is which. */
    changesOf(shared) {
      const { caption, pictures } = read(form);
      const now = new Map(pictures.map(({ id, alt }) => [id, alt]));
      const then = pressed.find((version) => isShared(shared, version));
      return { caption, alts: then?.pictures.map(({ id, alt }) => now.get(id) ?? alt) ?? null };
    },
    /** Before the request: from here on the post may exist. */
    press: () => (pressed.push(read(form)), keep()),
    /** After an answer that says that it does not. */
    settle: () => ((pressed = []), keep()),
    /** What is in the form becomes another post than the one that was pressed. */
    startAnother() {
      dropWords(keyField.value);
      keyField.value = newId();
      pressed = [];
      keep();
    },
    /** Forgets it, and keeps nothing more. */
    async drop() {
      isOver = true;
      await Promise.all(keeping.values());
      await dropDraft({ key: keyField.value, pictures: read(form).pictures });
    },
    /** When everything is stored. */
    saved: () => (keep(), Promise.all(keeping.values())),
  };
}
