/* A draft that waits when its writer comes back: offered above the form. */

import { text } from "../core/strings.js";
import { part } from "./parts.js";

const KEY_LIFE_MS = 23 * 3600_000; // the server knows for a day under which key a post was shared

const counted = (key, count) => count > 0 && text(`${key}_${count === 1 ? "one" : "many"}`, { count });

function pressedWords({ pressed, changedAt }) {
  if (!pressed.length) return "";
  return text(Date.now() - changedAt < KEY_LIFE_MS ? "draft_pressed" : "draft_pressed_long_ago");
}

const joined = (...words) => words.filter(Boolean).join(" · ");

function describe(box, draft, others) {
  const { caption, pictures } = draft;
  const lost = pictures.filter(({ file }) => !file).length;
  const note = part(box, "draft-note");
  part(box, "draft-words").textContent = joined(caption.trim(), counted("draft_pictures", pictures.length));
  note.textContent = joined(counted("draft_lost_pictures", lost), pressedWords(draft), counted("drafts_more", others));
  note.hidden = !note.textContent;
}

/** Shows the offer; resolves with "restore" or "discard" when it is answered. `draft` has its files, or null for one that could
    not be kept; `others` wait behind it. */
export async function offer(form, draft, others) {
  const box = part(form, "draft");
  describe(box, draft, others);
  box.hidden = false;
  const choice = await new Promise((resolve) => {
    box.addEventListener("click", function answer({ target }) {
      const found = target.closest("[data-do]")?.dataset.do;
      if (!found) return;
      box.removeEventListener("click", answer);
      resolve(found);
    });
  });
  box.hidden = true;
  return choice;
}
