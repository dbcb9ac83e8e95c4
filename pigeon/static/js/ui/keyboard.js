/* Single keys for who likes them (`?` lists them); never while typing, in a dialog, or with a modifier. */

import { holdKey } from "../searches/held-keys.js";
import { showKeys } from "./keyboard-help.js";

const GO = { h: "/", e: "/explore", p: () => `/u/${document.body.dataset.me}`, s: "/settings", n: "/notifications", m: "/messages" };
const calm = matchMedia("(prefers-reduced-motion: reduce)");
let awaitsPlace = false;

function visit(path) {
  const link = Object.assign(document.createElement("a"), { href: path, hidden: true });
  document.body.append(link);
  window.htmx?.process(link);
  link.click();
  link.remove();
}

function stepPost(step) {
  const posts = [...document.querySelectorAll('[role="feed"] article, .feed article')];
  const here = posts.indexOf(document.activeElement?.closest("article"));
  const near = posts.findIndex((post) => post.getBoundingClientRect().bottom > 80);
  const post = posts[here < 0 ? near : Math.min(Math.max(here + step, 0), posts.length - 1)];
  if (!post) return;
  post.tabIndex = -1;
  post.focus({ preventScroll: true });
  post.scrollIntoView({ block: "start", behavior: calm.matches ? "instant" : "smooth" });
}

function openPost() {
  const article = document.activeElement;
  if (article?.tagName === "ARTICLE") article.querySelector('a[href^="/p/"]')?.click();
}

/** In the post that has the focus, or the only one of the page. */
function press(selector) {
  const post = document.activeElement?.closest("article.post-card") ?? document.querySelector("article.post-view");
  post?.querySelector(selector)?.click();
}

function toSearch() {
  const field = [...document.querySelectorAll('main input[type="search"]')].find((one) => one.checkVisibility());
  if (!field) return visit("/search");
  field.focus();
  /** @type {HTMLInputElement} */ (field).select();
}

const ACTIONS = {
  j: () => stepPost(1),
  k: () => stepPost(-1),
  Enter: openPost,
  l: () => press('[data-behavior~="like-button"][data-kind="post"]'),
  s: () => press('[data-behavior~="save-button"]'),
  c: () => press('[data-behavior~="comment-link"]'),
  ".": () => document.querySelector(".new-posts-pill:not([hidden])")?.click(),
  n: () => visit("/create"),
  m: () => visit("/messages"),
  "/": toSearch,
  "?": showKeys,
};

function go(key) {
  const place = GO[key];
  if (place) visit(typeof place === "function" ? place() : place);
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (!document.body.dataset.me || event.target.closest("input, textarea, select, dialog, [contenteditable]")) return;
  if (holdKey(event)) return;
  if (awaitsPlace) {
    awaitsPlace = false;
    return go(event.key);
  }
  awaitsPlace = event.key === "g";
  if (event.key === "Enter" && event.target.tagName !== "ARTICLE") return;
  if (!ACTIONS[event.key]) return;
  event.preventDefault();
  ACTIONS[event.key]();
});
