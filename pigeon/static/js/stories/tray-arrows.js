/* Arrows for a mouse; a finger swipes, and the keyboard goes from link to link. */

const calm = matchMedia("(prefers-reduced-motion: reduce)");
const SHARE = 0.8; // of what is in sight

export function watchArrows(tray, list) {
  const [back, on] = ["back", "on"].map((name) => tray.querySelector(`:scope > [data-part="${name}"]`));
  const show = () => {
    const left = Math.abs(list.scrollLeft);
    back.hidden = left < 8;
    on.hidden = left + list.clientWidth > list.scrollWidth - 8;
  };
  const go = (way) => list.scrollBy({ left: way * SHARE * list.clientWidth, behavior: calm.matches ? "instant" : "smooth" });
  back.addEventListener("click", () => go(-1));
  on.addEventListener("click", () => go(1));
  list.addEventListener("scroll", show, { passive: true });
  new ResizeObserver(show).observe(list);
  new MutationObserver(show).observe(list, { childList: true });
  show();
}
