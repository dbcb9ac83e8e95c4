/* Files that were picked, dropped, pasted or restored. They stand in the list at once, in the order chosen, and are read in one
   queue, one at a time, for a large picture takes a quarter of a gigabyte while it is looked at. What cannot be posted is named
   with its reason. */

import { text } from "../core/strings.js";
import { newId } from "./draft-store.js";
import { clearCaptionFault } from "./faults.js";
import { inspect, Refused } from "./files.js";
import { part, say, thumbsOf } from "./parts.js";
import { addThumb, altOf, fileOf, isReading, showRead, takeAway } from "./thumbs.js";

let queue = Promise.resolve();

/** Names what is not in the post, and keeps the words that were written for it. */
export function nameRefused(form, { key, values }, words = "") {
  const line = Object.assign(document.createElement("li"), { textContent: text(key, values) });
  if (words.trim()) line.append(" ", Object.assign(document.createElement("q"), { textContent: words.trim() }));
  part(form, "refused").append(line);
}

/** Lines with words in them stay: they are nowhere else. */
export function clearRefused(form) {
  [...part(form, "refused").children].filter((line) => !line.querySelector("q")).forEach((line) => line.remove());
}

/** Whether something that was chosen is not in the post, and its writer was not told at a press yet; tells it from now on. */
export function tellRefused(form) {
  const fresh = [...part(form, "refused").children].filter((line) => !line.dataset.told);
  for (const line of fresh) line.dataset.told = "yes";
  return fresh.length > 0;
}

async function read(form, thumb) {
  if (!thumb.parentElement) return; // removed while it waited
  try {
    const found = await inspect(fileOf(thumb), form.dataset);
    if (thumb.parentElement) showRead(form, thumb, found);
  } catch (error) {
    if (!thumb.parentElement) return;
    const isJudged = error instanceof Refused;
    nameRefused(form, isJudged ? error : new Refused("file_unreadable", { name: fileOf(thumb).name }), altOf(thumb));
    takeAway(form, thumb);
  }
}

function sayAdded(form, thumbs) {
  const count = thumbs.filter((thumb) => thumb.parentElement).length;
  if (count) say(form, text(count === 1 ? "photos_added_one" : "photos_added_many", { count }));
}

/** `pictures` are {id, file, alt}. */
export function addPictures(form, pictures) {
  const thumbs = pictures.map((picture) => addThumb(form, picture));
  for (const thumb of thumbs) queue = queue.then(() => read(form, thumb));
  queue = queue.then(() => sayAdded(form, thumbs));
}

export function addFiles(form, files) {
  const { maxFiles } = form.dataset;
  const room = Number(maxFiles) - thumbsOf(form).length;
  clearRefused(form);
  clearCaptionFault(form);
  for (const { name } of files.slice(room)) nameRefused(form, { key: "files_too_many", values: { name, limit: maxFiles } });
  addPictures(form, files.slice(0, room).map((file) => ({ id: newId(), file, alt: "" })));
}

/** Resolves when nothing is being read any more; `tell` hears which of how many is. */
export async function allRead(form, tell) {
  const tellNow = () => {
    const thumbs = thumbsOf(form);
    const waiting = thumbs.filter(isReading).length;
    if (waiting) tell(thumbs.length - waiting + 1, thumbs.length);
  };
  tellNow();
  form.addEventListener("composer:change", tellNow);
  while (thumbsOf(form).some(isReading)) await queue;
  form.removeEventListener("composer:change", tellNow);
}
