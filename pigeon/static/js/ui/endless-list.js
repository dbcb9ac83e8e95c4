/* Behaviour `endless-list`: the link to older things loads them into the list before it. */

import { fetchDocument, freshChildren, settle, withParameter } from "../core/fragments.js";
import { text } from "../core/strings.js";

const AHEAD_PX = 1200;
const SLOW_MS = 10_000;
const SKELETONS = 3;

async function fetchOlder(list, href, fragment, signal) {
  const url = fragment ? withParameter(href, "fragment", fragment) : href;
  const page = await fetchDocument(url, { signal });
  const items = page.getElementById(list.id);
  return { items: items ? freshChildren(items) : [], next: page.querySelector(".older a[rel=next]") };
}

function addSkeletons(element, list) {
  const shape = element.querySelector('[data-part="skeleton"]').content.firstElementChild;
  const added = Array.from({ length: SKELETONS }, () => shape.cloneNode(true));
  list.append(...added);
  return () => added.forEach((skeleton) => skeleton.remove());
}

function finish(element) {
  const end = document.createElement("p");
  end.className = "end";
  end.textContent = element.dataset.end || text("list_end");
  element.replaceWith(end);
}

export function endlessList(element) {
  const list = element.previousElementSibling;
  const link = element.querySelector("a");
  const words = link.textContent;
  const fragment = element.dataset.fragment ?? (list.id === "feed" ? "feed" : "");
  let request = null;

  function say(state) {
    link.textContent = { busy: text("loading"), slow: text("loading_slow"), failed: text("retry") }[state] ?? words;
    element.dataset.state = state;
    list.setAttribute("aria-busy", String(state === "busy"));
  }

  async function load() {
    request?.abort();
    const mine = (request = new AbortController());
    const slow = setTimeout(say, SLOW_MS, "slow");
    const clear = addSkeletons(element, list);
    say("busy");
    try {
      const { items, next } = await fetchOlder(list, link.getAttribute("href"), fragment, mine.signal);
      clear();
      list.append(...items);
      settle(items);
      if (!next) return finish(element);
      link.setAttribute("href", next.getAttribute("href"));
      say("idle");
      observer.unobserve(element);
      observer.observe(element);
    } catch {
      if (request === mine) say("failed");
    } finally {
      clearTimeout(slow);
      clear();
      if (request === mine) request = null;
    }
    return undefined;
  }

  const observer = new IntersectionObserver((entries) => {
    const isNear = entries.at(-1).isIntersecting && element.isConnected;
    if (isNear && !request && element.dataset.state !== "failed") load();
  }, { rootMargin: `0px 0px ${AHEAD_PX}px`, scrollMargin: `0px 0px ${AHEAD_PX}px` });
  observer.observe(element);

  link.addEventListener("click", (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (element.dataset.state !== "busy") load();
  }, { capture: true });
}
