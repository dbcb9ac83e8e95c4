/* Who goes to the search types on at once: what is typed before its page has come is put into its field, and is no shortcut. */

const HELD_MS = 5_000;
let held = null;
let timer;

function release() {
  clearTimeout(timer);
  held = null;
}

/** Whether the key waits for the field. */
export function holdKey(event) {
  if (held === null || event.key.length !== 1) return false;
  held += event.key;
  event.preventDefault();
  return true;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href="/search"]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return release();
  held = "";
  clearTimeout(timer);
  timer = setTimeout(release, HELD_MS);
});

document.addEventListener("focusin", ({ target }) => {
  if (!held || !target.matches('input[type="search"]')) return held !== null && release();
  /** @type {HTMLInputElement} */ (target).value += held;
  release();
  target.dispatchEvent(new Event("input", { bubbles: true }));
});
