/* Slides, and the pictures on them: those that come next are fetched and decoded before they are wanted. */

const AHEAD = 2;

export const pictureOf = (slide) => /** @type {HTMLImageElement | null} */ (slide.querySelector(".story-stage-picture"));

const hasFailed = (picture) => picture.complete && !picture.naturalWidth;

/** Fetches and decodes; what fails says so when it is shown. */
export function prepare(slide) {
  const picture = slide && pictureOf(slide);
  if (!picture) return;
  picture.loading = "eager";
  picture.decode().catch(() => {});
}

/** The slides after `at` are laid out behind the one that is shown, so that showing them is one frame's work. */
export function prepareAhead(slides, at) {
  slides.forEach((slide, n) => slide.classList.toggle("is-near", n > at && n <= at + AHEAD));
  slides.slice(at + 1, at + 1 + AHEAD).forEach(prepare);
}

/** Calls one of both once the picture of the slide is here, or does not come; at once when that is known. */
export function whenPainted(slide, { arrived, failed }) {
  const picture = pictureOf(slide);
  if (!picture || (picture.complete && picture.naturalWidth)) return arrived();
  if (picture.loading !== "lazy" && hasFailed(picture)) return failed();
  picture.loading = "eager";
  picture.addEventListener("load", arrived, { once: true });
  picture.addEventListener("error", failed, { once: true });
  return undefined;
}

/** Asks for the picture again. */
export function refetch(slide) {
  const picture = pictureOf(slide);
  picture.srcset = `${picture.srcset}`;
}

/** The first that was not seen, else the first. */
export function firstUnseen({ slides, isMine }) {
  if (isMine) return 0;
  return Math.max(0, slides.findIndex((slide) => !("seen" in slide.dataset)));
}
