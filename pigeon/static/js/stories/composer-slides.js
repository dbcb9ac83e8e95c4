/* The stories that are being made: a strip of small pictures, and the panel of the one that is chosen. Each has a state, which
   stands on its button and its panel:

     reading ──▶ editing ──Share──▶ waiting ──▶ sending ──▶ sent
        │           ▲                              │
        │           └──────── failed ◀─────────────┘ refused, or no answer: it stays as it was, with its key
        └──▶ refused: it leaves, and is named below with the reason */

import { newId } from "../composer/draft-store.js";
import { part, say } from "../composer/parts.js";
import { text } from "../core/strings.js";
import { makePanel } from "./composer-panel.js";

const BUSY = ["waiting", "sending", "sent"];

/** Answers {all, unsent, add, remove, select, setState, setPicture}; `form` has its count in the label of Share. */
export function openSlides(form) {
  const slides = [];
  let made = 0;
  let chosen = null;

  const unsent = () => slides.filter(({ state }) => state !== "sent");

  function draw() {
    const count = unsent().filter(({ state }) => !BUSY.includes(state)).length;
    const share = part(form, "share");
    form.classList.toggle("has-pictures", slides.length > 0);
    form.classList.toggle("is-full", slides.length >= Number(form.dataset.maxFiles));
    part(form, "strip").hidden = slides.length < 2;
    share.disabled = count === 0;
    share.querySelector("span").textContent = count ? text(count === 1 ? "share_stories_one" : "share_stories_many", { count }) : text("share");
    slides.forEach(({ tab, panel, state }, i) => {
      const button = tab.firstElementChild;
      const name = text("new_story_tab", { index: i + 1, total: slides.length });
      part(button, "name").textContent = [name, text(`new_story_${state}`)].join(", ");
      panel.setAttribute("aria-label", name);
      button.dataset.state = state;
      button.toggleAttribute("aria-current", panel === chosen?.panel);
      if (panel === chosen?.panel) button.setAttribute("aria-current", "true");
      panel.hidden = panel !== chosen?.panel;
    });
  }

  function select(slide) {
    chosen = slide;
    draw();
    slide?.fit();
    slide?.tab.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  function setState(slide, state) {
    slide.state = state;
    slide.panel.dataset.state = state;
    part(slide.panel, "fields").inert = BUSY.includes(state);
    part(slide.panel, "progress").hidden = state !== "sending" && state !== "waiting";
    draw();
  }

  function add(file) {
    made += 1;
    const { panel, fit } = makePanel(form, { index: made, hasPicture: Boolean(file), say: (words) => say(form, words) });
    const tab = part(form, "tab").content.firstElementChild.cloneNode(true);
    const slide = { file, panel, tab, fit, key: newId(), url: "", state: file ? "reading" : "editing" };
    slides.push(slide);
    part(form, "panels").append(panel);
    part(form, "strip").append(tab);
    tab.firstElementChild.addEventListener("click", () => select(slide));
    part(panel, "fields").querySelector('[data-do="remove"]').addEventListener("click", () => {
      remove(slide);
      say(form, text("new_story_removed"));
    });
    setState(slide, slide.state);
    return slide;
  }

  function remove(slide) {
    const at = slides.indexOf(slide);
    if (at < 0) return;
    const hadFocus = slide.panel.contains(document.activeElement);
    slides.splice(at, 1);
    URL.revokeObjectURL(slide.url);
    slide.panel.remove();
    slide.tab.remove();
    select(slide === chosen ? slides[at] ?? slides.at(-1) ?? null : chosen);
    if (hadFocus) (chosen?.tab.firstElementChild.checkVisibility() ? chosen.tab.firstElementChild : part(form, "picker")).focus();
  }

  /** The small picture on its button; words alone show their letters. */
  function setPicture(slide, url) {
    slide.url = url;
    const place = slide.tab.querySelector(".story-tab-picture");
    if (url) place.replaceChildren(Object.assign(new Image(), { src: url, alt: "", draggable: false }));
    else place.textContent = slide.file ? "…" : "Aa";
  }

  draw();
  return { all: () => [...slides], unsent, add, remove, select, setState, setPicture, has: (slide) => slides.includes(slide) };
}
