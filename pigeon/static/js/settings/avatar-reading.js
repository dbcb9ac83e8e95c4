/* Judges the file that was chosen as one's new picture and shows its square. */

import { bitmapOf, inspect, Refused } from "../composer/files.js";
import { text } from "../core/strings.js";
import { choose } from "./avatar-crop.js";
import { part, setState } from "./avatar-states.js";

const turns = new WeakMap(); // by form: which choice is the last

/** The last choice counts, however long an earlier one takes to be read. */
export async function read(form) {
  const [file] = form.elements.image.files;
  const turn = (turns.get(form) ?? 0) + 1;
  turns.set(form, turn);
  form.elements.crop.disabled = true;
  if (!file) return setState(form, "idle");
  setState(form, "reading");
  try {
    const { kind, isDrawable } = await inspect(file, form.dataset);
    const bitmap = isDrawable ? await bitmapOf(file, kind) : null;
    if (turns.get(form) !== turn) return undefined;
    form.elements.crop.disabled = !bitmap;
    if (bitmap) choose(part(form, "cropper"), form.elements.crop, bitmap);
    // A format that this browser does not read (HEIC), or too little memory: the server takes the middle.
    return setState(form, "chosen", { words: bitmap ? "avatar_chosen" : "avatar_unseen" });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return turns.get(form) === turn && setState(form, "refused", { fault: text(error.key, error.values) });
  }
}
