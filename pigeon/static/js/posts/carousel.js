/* Behaviour `carousel`: arrows, dots, "2/5" and keys on a scroller that works without them. */

const CHIP_MS = 3000;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

function preload(slides, at) {
  for (const slide of [slides[at - 1], slides[at + 1]]) {
    const picture = slide?.querySelector(".photo-image");
    if (picture) picture.loading = "eager";
  }
}

/** Hides an arrow that leads nowhere; the focus it may have goes to the other one. */
function showArrows(arrows, at, last) {
  const [back, next] = arrows;
  const focused = arrows.find((arrow) => arrow === document.activeElement);
  back.hidden = at === 0;
  next.hidden = at === last;
  if (focused?.hidden) (back.hidden ? next : back).focus({ preventScroll: true });
}

function onArrowKeys(element, step) {
  const scope = element.closest("dialog") ?? element.closest("article") ?? element;
  scope.addEventListener("keydown", function onKey(event) {
    if (!element.isConnected) return scope.removeEventListener("keydown", onKey);
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const isTyping = event.target.closest("input, textarea, select");
    if (!by || isTyping || event.altKey || event.ctrlKey || event.metaKey) return undefined;
    event.preventDefault();
    return step(by);
  });
}

export function carousel(element) {
  const track = element.querySelector(".carousel-track");
  const slides = [...track.children];
  const dots = [...element.querySelectorAll(".carousel-dot")];
  const arrows = [...element.querySelectorAll(".carousel-arrow")];
  const chip = element.querySelector(".carousel-chip");
  let at = -1;
  let timer;

  function freshen() {
    clearTimeout(timer);
    element.classList.add("is-fresh");
    timer = setTimeout(() => element.classList.remove("is-fresh"), CHIP_MS);
  }

  function settle(index) {
    if (index === at || !slides[index]) return;
    at = index;
    slides.forEach((slide, i) => (slide.inert = i !== at));
    dots.forEach((dot, i) => dot.classList.toggle("is-on", i === at));
    chip.textContent = `${at + 1}/${slides.length}`;
    showArrows(arrows, at, slides.length - 1);
    freshen();
  }

  function step(by) {
    const slide = slides[at + by];
    if (!slide) return;
    preload(slides, at + by);
    track.scrollTo({ left: slide.offsetLeft - slides[0].offsetLeft, behavior: calm.matches ? "instant" : "smooth" });
  }

  /** At once: the viewer over it gives the focus back to what is shown here. */
  function show(index) {
    track.scrollTo({ left: slides[index].offsetLeft - slides[0].offsetLeft, behavior: "instant" });
    settle(index);
  }

  element.classList.add("is-live");
  settle(Math.round(track.scrollLeft / (track.clientWidth || 1)));
  track.addEventListener("scroll", () => settle(Math.round(track.scrollLeft / track.clientWidth)), { passive: true });
  for (const arrow of arrows) arrow.addEventListener("click", () => step(Number(arrow.dataset.step)));
  onArrowKeys(element, step);
  element.addEventListener("lightbox:move", ({ target }) => show(slides.findIndex((slide) => slide.contains(target))));

  const seen = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    seen.disconnect();
    preload(slides, at);
    freshen();
  });
  seen.observe(element);
}
