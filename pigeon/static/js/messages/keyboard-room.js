/* Some browsers lay a finger's keyboard over the page instead of making it smaller: the conversation fills what is seen. */

const COVERED_PX = 80;
const viewport = globalThis.visualViewport;

function fit() {
  const box = document.querySelector(".messages.has-thread");
  if (!box) return;
  const isCovered = viewport.scale === 1 && innerHeight - viewport.height > COVERED_PX;
  box.style.height = isCovered ? `${viewport.height}px` : "";
  if (isCovered) scrollTo(0, 0);
}

viewport?.addEventListener("resize", fit);
