/* Behaviour `endless-list`: the link to older things loads them into the list before it. */

import { fetchDocument, freshChildren, settle, withParameter } from "./fragments.js";
import { text } from "./strings.js";

const AHEAD_PX = 1200;
const SLOW_MS = 10_000;

async function fetchOlder(list, href) {
  const url = list.id === "feed" ? withParameter(href, "fragment", "feed") : href;
  const page = await fetchDocument(url);
  const items = page.getElementById(list.id);
  return { items: items ? freshChildren(items) : [], next: page.querySelector(".older a[rel=next]") };
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
  let isBusy = false;

  function say(state) {
    link.textContent = { busy: text("loading"), slow: text("loading_slow"), failed: text("retry") }[state] ?? words;
    element.dataset.state = state;
    list.setAttribute("aria-busy", String(state === "busy" || state === "slow"));
  }

  async function load() {
    if (isBusy || !element.isConnected) return;
    isBusy = true;
    say("busy");
    const slow = setTimeout(() => say("slow"), SLOW_MS);
    try {
      const { items, next } = await fetchOlder(list, link.getAttribute("href"));
      list.append(...items);
      settle(items);
      if (!next) return void finish(element);
      link.setAttribute("href", next.getAttribute("href"));
      say("idle");
      observer.unobserve(element);
      observer.observe(element);
    } catch {
      say("failed");
    } finally {
      clearTimeout(slow);
      list.setAttribute("aria-busy", "false");
      isBusy = false;
    }
    return undefined;
  }

  const observer = new IntersectionObserver((entries) => {
    if (entries.at(-1).isIntersecting && element.dataset.state !== "failed") load();
  }, { rootMargin: `0px 0px ${AHEAD_PX}px` });
  observer.observe(element);

  link.addEventListener("click", (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    load();
  }, { capture: true });
}
