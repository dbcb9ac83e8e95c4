/* Behaviour `feed`: the feed pattern of the APG: numbered articles, Page Down and Page Up between them. */

function number(feed) {
  const articles = [...feed.querySelectorAll(":scope > article")];
  const isWhole = !feed.parentElement.querySelector(".older");
  if (articles.length) feed.setAttribute("role", "feed"); // it may have been empty when the page was made
  articles.forEach((article, i) => {
    article.setAttribute("aria-posinset", i + 1);
    article.setAttribute("aria-setsize", isWhole ? articles.length : -1);
  });
}

function step(feed, from, by) {
  const articles = [...feed.querySelectorAll(":scope > article")];
  const target = articles[articles.indexOf(from) + by];
  target?.focus({ preventScroll: true });
  target?.scrollIntoView({ block: "start" });
  return Boolean(target);
}

/** Ctrl+End and Ctrl+Home leave the feed: to what can be focused after it, or before it. */
function leave(feed, after) {
  const all = [...document.querySelectorAll("a[href], button:not([disabled]), summary, input, [tabindex='0']")];
  const outside = all.filter((item) => item.offsetParent && !feed.contains(item));
  const side = after ? Node.DOCUMENT_POSITION_FOLLOWING : Node.DOCUMENT_POSITION_PRECEDING;
  const candidates = outside.filter((item) => feed.compareDocumentPosition(item) & side);
  (after ? candidates.at(0) : candidates.at(-1))?.focus();
}

export function feed(element) {
  number(element);
  new MutationObserver(() => number(element)).observe(element, { childList: true });

  element.addEventListener("keydown", (event) => {
    const article = event.target.closest("#feed > article");
    const by = { PageDown: 1, PageUp: -1 }[event.key];
    if (!article || event.target.closest("input, textarea")) return;
    if (by && step(element, article, by)) event.preventDefault();
    if (event.ctrlKey && ["End", "Home"].includes(event.key)) {
      event.preventDefault();
      leave(element, event.key === "End");
    }
  });
}
