/* Behaviour `story-composer`: one story or several, each a picture or a colour with words placed on it, shared one after
   another. Without it the same form takes one file. */

import { clearRefused, nameRefused } from "../composer/add.js";
import { acceptFiles } from "../composer/drag.js";
import { inspect, Refused } from "../composer/files.js";
import { askToLeave } from "../composer/leave.js";
import { part, say } from "../composer/parts.js";
import { text } from "../core/strings.js";
import { guard } from "../ui/leave-guard.js";
import { showPicture } from "./composer-panel.js";
import { openShare } from "./composer-share.js";
import { openSlides } from "./composer-slides.js";

const NO_DRAFT = { drop: async () => {}, saved: async () => {} };

/** One after another: a large picture takes a quarter of a gigabyte while it is looked at. */
let queue = Promise.resolve();

async function read(form, slides, slide) {
  if (!slides.has(slide)) return; // removed while it waited
  try {
    const found = await inspect(slide.file, form.dataset);
    if (!slides.has(slide)) return;
    slides.setPicture(slide, showPicture(slide.panel, slide.file, found));
    if (slide.state === "reading") slides.setState(slide, "editing");
  } catch (error) {
    const refused = error instanceof Refused ? error : new Refused("file_unreadable", { name: slide.file.name });
    nameRefused(form, refused, slide.panel.querySelector("textarea").value);
    slides.remove(slide);
  }
}

function sayAdded(form, count) {
  if (count) say(form, text(count === 1 ? "photos_added_one" : "photos_added_many", { count }));
}

function addFiles(form, slides, files) {
  const { maxFiles } = form.dataset;
  const room = Number(maxFiles) - slides.all().length;
  clearRefused(form);
  for (const { name } of files.slice(room)) nameRefused(form, { key: "stories_too_many", values: { name, limit: maxFiles } });
  const added = files.slice(0, room).map((file) => slides.add(file));
  for (const slide of added) slide.isRead = queue = queue.then(() => read(form, slides, slide));
  if (added.length) slides.select(added[0]);
  queue = queue.then(() => sayAdded(form, added.filter(slides.has).length));
}

function addWords(form, slides) {
  if (slides.all().length >= Number(form.dataset.maxFiles)) return;
  const slide = slides.add(null);
  slides.setPicture(slide, "");
  slides.select(slide);
  slide.panel.querySelector("textarea").focus();
}

export function storyComposer(form) {
  const picker = part(form, "picker");
  const button = part(form, "share");
  part(form, "plain").disabled = true;
  button.type = "button"; // nothing in the form sends it by Enter, in whichever input method
  const slides = openSlides(form);
  const leave = guard(form, () => slides.unsent().length > 0, () => askToLeave(form, NO_DRAFT));
  const { share, shareAll } = openShare(slides, leave);
  const add = (files) => addFiles(form, slides, files);
  picker.addEventListener("change", () => {
    add([...picker.files]);
    picker.value = ""; // so that the same file can be chosen again
  });
  acceptFiles(form, add);
  form.addEventListener("click", ({ target }) => {
    const act = target.closest("[data-do]")?.dataset.do;
    if (act === "words") addWords(form, slides);
    if (act === "retry") share(slides.all().find(({ panel }) => panel.contains(target)));
  });
  button.addEventListener("click", shareAll);
  form.addEventListener("submit", (event) => event.preventDefault());
  // A browser may show the page again as it was left: what it holds is shared.
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted && form.isConnected && slides.all().length && !slides.unsent().length) location.reload();
  });
}
