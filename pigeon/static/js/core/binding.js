/* Binds each `data-behavior` of the page to its function. An element may name several, separated by spaces. A behaviour is
   called once per element, also for what arrives later; it reads data-* when something happens, not when it is bound, since
   a swap may change them under it.

   What arrives together is bound together, once all that it names is here: then nobody tells what another cannot hear yet.
   Until then links and forms do what they do without scripts, and the page has the class `is-binding`. */

import { behaviors, listeners } from "../behaviors.js";

const functions = new Map();
const bound = new WeakMap();
const waiting = new Set(listeners);
let loading = 0;

const camel = (name) => name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
const namesOf = (element) => (element.dataset.behavior ?? "").split(" ").filter((name) => Object.hasOwn(behaviors, name));
const matches = (root, selector) => root.matches?.(selector) || root.querySelector?.(selector);

function elementsOf(root) {
  const inside = root.querySelectorAll?.("[data-behavior]") ?? [];
  return root.matches?.("[data-behavior]") ? [root, ...inside] : [...inside];
}

async function fetchFunction(name) {
  const module = await behaviors[name]();
  functions.set(name, module[camel(name)]);
}

/** What the roots need and is not here. A module that does not come is asked for again by the next element. */
function missing(roots, elements) {
  const names = new Set(elements.flatMap(namesOf).filter((name) => !functions.has(name)));
  const wanted = [...waiting].filter(({ selector }) => roots.some((root) => matches(root, selector)));
  wanted.forEach((listener) => waiting.delete(listener));
  return [...[...names].map(fetchFunction), ...wanted.map(({ load }) => load())];
}

async function arrival(modules) {
  loading += 1;
  document.documentElement.classList.add("is-binding");
  await Promise.all(modules.map((module) => module.catch(reportError)));
  loading -= 1;
  document.documentElement.classList.toggle("is-binding", loading > 0);
}

function bindElement(element) {
  if (!element.isConnected) return; // it is bound when it is put back
  const names = bound.get(element) ?? new Set();
  bound.set(element, names);
  for (const name of namesOf(element)) {
    if (names.has(name) || !functions.has(name)) continue;
    names.add(name);
    functions.get(name)(element);
  }
}

async function bind(roots) {
  const elements = roots.flatMap(elementsOf);
  const modules = missing(roots, elements);
  if (modules.length) await arrival(modules);
  elements.forEach(bindElement);
}

/** Binds what is on the page, and from now on what comes; resolves when all of the first is bound. */
export function bindPage() {
  new MutationObserver((changes) => {
    bind(changes.flatMap(({ type, target, addedNodes }) => (type === "attributes" ? [target] : [...addedNodes])));
  }).observe(document.documentElement, { childList: true, subtree: true, attributeFilter: ["data-behavior"] });
  return bind([document]);
}
