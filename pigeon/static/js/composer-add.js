/* Files that were picked, dropped or pasted: the good ones become pictures, each other one is named with its reason. */

import { clearCaptionFault } from "./composer-faults.js";
import { inspect, Refused } from "./composer-files.js";
import { addThumb } from "./composer-thumbs.js";
import { text } from "./strings.js";

export async function addFiles(form, chosen) {
  const { maxFiles } = form.dataset;
  const list = form.querySelector('[data-part="thumbs"]');
  const refused = form.querySelector('[data-part="refused"]');
  const before = list.children.length;
  refused.replaceChildren();
  clearCaptionFault(form);
  for (const file of chosen) {
    try {
      if (list.children.length >= Number(maxFiles)) throw new Refused("files_too_many", { name: file.name, limit: maxFiles });
      addThumb(form, await inspect(file, form.dataset));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      refused.append(Object.assign(document.createElement("li"), { textContent: text(error.key, error.values) }));
    }
  }
  const count = list.children.length - before;
  if (count) form.querySelector('[data-part="said"]').textContent = text(count === 1 ? "photos_added_one" : "photos_added_many", { count });
}
