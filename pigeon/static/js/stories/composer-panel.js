/* The panel of one story that is being made: what is typed and chosen in it shows on its stage at once. */

import { part } from "../composer/parts.js";
import { placing } from "./placing.js";

const NUMBERED = ["id", "for", "name"];
const LOOKS = ["size", "color", "background"];

/** Every panel has names and ids of its own, else radio buttons of two would be one group. */
function number(panel, index) {
  for (const element of panel.querySelectorAll("[id], [for], [name], [aria-describedby]")) {
    for (const name of NUMBERED.filter((one) => element.hasAttribute(one))) element.setAttribute(name, `${element.getAttribute(name)}-${index}`);
    const described = element.getAttribute("aria-describedby");
    if (described !== null) element.setAttribute("aria-describedby", described.split(" ").filter(Boolean).map((id) => `${id}-${index}`).join(" "));
  }
}

const field = (panel, name) => panel.querySelector(`textarea[name^="${name}-"]`);

/** Words alone have a colour behind them and nothing to describe; a picture has neither of that colour. */
function keepWhatBelongs(panel, hasPicture) {
  const stage = panel.querySelector(".story-stage");
  const background = panel.querySelector('[data-choice-of="background"]');
  if (hasPicture) {
    stage.querySelector(".story-stage-ground").remove();
    background.remove();
    return;
  }
  stage.querySelector(".story-stage-picture").remove();
  field(panel, "alt").closest(".field").remove();
  stage.dataset.background = background.querySelector("input:checked").value;
}

/** A panel that is not on the page yet, and `fit`, to be called when it comes into sight. */
export function makePanel(form, { index, hasPicture, say }) {
  const panel = part(form, "slide").content.firstElementChild.cloneNode(true);
  const stage = panel.querySelector(".story-stage");
  const words = stage.querySelector(".story-stage-text");
  number(panel, index);
  keepWhatBelongs(panel, hasPicture);
  const places = [...panel.querySelectorAll(`input[name="place-${index}"]`)];
  const forgetPlace = () => places.forEach((place) => (place.checked = false));
  const { put, fit } = placing(stage, { onMove: forgetPlace, say });

  field(panel, "text").addEventListener("input", ({ target }) => {
    words.textContent = target.value.trim();
    words.hidden = !words.textContent;
    fit();
  });
  panel.addEventListener("change", ({ target }) => {
    const name = target.name?.replace(/-\d+$/, "");
    if (name === "place") put(Number(target.dataset.x), Number(target.dataset.y));
    if (!LOOKS.includes(name)) return;
    stage.dataset[name] = target.value;
    fit();
  });
  return { panel, fit };
}

/** What is to be shared, as it stands: {text, alt, style}. */
export function readPanel(panel) {
  const { x, y, size, color, background } = panel.querySelector(".story-stage").dataset;
  const style = { x: Number(x), y: Number(y), size, color, ...(background && { background }) };
  return { text: field(panel, "text").value.trim(), alt: field(panel, "alt")?.value.trim() ?? "", style };
}

/** The picture, or, where this browser cannot draw it, its name. Answers the address that is shown, "" for none. */
export function showPicture(panel, file, { preview, isDrawable }) {
  const picture = panel.querySelector(".story-stage-picture");
  const name = part(panel, "file");
  picture.hidden = !isDrawable;
  name.hidden = isDrawable;
  name.textContent = isDrawable ? "" : file.name;
  if (!isDrawable) return "";
  picture.src = URL.createObjectURL(preview);
  return picture.src;
}

function showField(box, message) {
  const fault = box.querySelector(".field-error");
  box.classList.toggle("is-wrong", Boolean(message));
  box.querySelector("textarea").setAttribute("aria-invalid", String(Boolean(message)));
  fault.hidden = !message;
  fault.querySelector("span").textContent = message;
}

/** What was refused stands at its field, what is wrong with all of it above them; "" and {} take it away. */
export function showFault(panel, message, fields = {}) {
  const fault = part(panel, "fault");
  fault.querySelector("span").textContent = message;
  fault.hidden = !message;
  for (const name of ["text", "alt"]) {
    const box = field(panel, name)?.closest(".field");
    if (box) showField(box, fields[name]?.message ?? "");
  }
}
