/* What the picture viewer is made of: elements, buttons, and the layers of a picture. */

import { text } from "../core/strings.js";

const SVG = "http://www.w3.org/2000/svg";

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {string} className
 * @param {...(Node | string)} children
 */
export function element(tag, className, ...children) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...children);
  return made;
}

/** A drawing of the sprite that the page's icons come from. */
export function icon(name) {
  const drawing = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  const sprite = document.querySelector(".icon use").getAttribute("href").split("#")[0];
  use.setAttribute("href", `${sprite}#${name}`);
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("aria-hidden", "true");
  drawing.append(use);
  return drawing;
}

/** A round button; one that is `aria-disabled` keeps the focus and does nothing. */
export function viewerButton(key, iconName, act, className = "") {
  const button = element("button", `icon-button ${className}`, icon(iconName));
  button.type = "button";
  button.title = text(key);
  button.setAttribute("aria-label", text(key));
  button.addEventListener("click", () => button.getAttribute("aria-disabled") === "true" || act());
  return button;
}

function sizeOf(link, small) {
  const width = Number(link.dataset.width) || small?.naturalWidth || small?.width || 1;
  const height = Number(link.dataset.height) || small?.naturalHeight || small?.height || 1;
  return { width, height };
}

/**
 * The picture of a link: the small one that the page has, and over it the large one once it is here. `onSize` hears what size it
 * has when that was not known, `onFailure` that it does not come.
 */
export function pictureOf(link, stage, { onSize, onFailure }) {
  /** @type {HTMLImageElement | null} */
  const small = link.querySelector("img") ?? link.closest(".photo")?.querySelector(".photo-image");
  const under = element("img", "lightbox-layer");
  const over = element("img", "lightbox-layer");
  const arrived = () => over.isConnected && stage.classList.remove("is-waiting");
  under.src = small?.currentSrc || small?.src || "";
  under.alt = "";
  over.alt = small?.alt ?? "";
  under.draggable = false; // it is moved
  over.draggable = false;
  over.addEventListener("load", () => {
    arrived();
    if (over.isConnected && !link.dataset.width) onSize({ width: over.naturalWidth, height: over.naturalHeight });
  });
  over.addEventListener("error", () => {
    arrived();
    over.classList.add("is-missing");
    under.alt = over.alt;
    if (over.isConnected) onFailure();
  });
  stage.classList.add("is-waiting");
  over.src = link.href;
  return { size: sizeOf(link, small), layers: small ? [under, over] : [over] };
}
