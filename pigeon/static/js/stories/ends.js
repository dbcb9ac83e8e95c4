/* What is on the page until a moment (`data-expires`): at that moment somebody is told, also in a tab that slept. */

const LONGEST_MS = 60_000;
const watched = [];
let timer = null;

const endOf = (element) => Date.parse(element.dataset.expires);

function look() {
  clearTimeout(timer);
  const now = Date.now();
  let next = LONGEST_MS;
  for (const { selector, tell } of watched) {
    for (const element of document.querySelectorAll(selector)) {
      const left = endOf(element) - now;
      if (left <= 0) tell(element);
      else if (left < next) next = left;
    }
  }
  timer = setTimeout(look, next + 50);
}

/**
 * Calls `tell` with every element of the selector whose end has come.
 * @param {string} selector
 * @param {(element: Element) => void} tell
 */
export function atEnds(selector, tell) {
  watched.push({ selector, tell });
  look();
}

new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true, attributeFilter: ["data-expires"] });
document.addEventListener("visibilitychange", () => !document.hidden && look());
