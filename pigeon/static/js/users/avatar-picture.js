/* A person's picture as the server draws it: the image, or the first letter of the name on a tint. */

const SIDES = [64, 128, 256, 512]; // of the squares that are made of every avatar; the address names the third

export function drawAvatar({ id, username, display_name: name, avatar_url: url }, size) {
  if (url) return mark(drawImage(url, size), id);
  const [first] = new Intl.Segmenter().segment(name || username);
  const tint = (Number(id) % 8) + 1;
  const initial = document.createElement("span");
  initial.className = `avatar avatar-${size} tint-${tint}`;
  initial.textContent = first.segment;
  initial.setAttribute("aria-hidden", "true");
  return mark(initial, id);
}

function drawImage(url, size) {
  const image = new Image(size, size);
  const srcset = SIDES.map((side) => `${url.replace("-s256.", `-s${side}.`)} ${side}w`).join(", ");
  return Object.assign(image, { className: `avatar avatar-${size}`, sizes: `${size}px`, srcset, src: url, alt: "" });
}

function mark(element, id) {
  element.dataset.avatar = id;
  return element;
}

/** Draws a picture again where it is shown, unless it is the same; an image is loaded before it is shown. */
export async function redraw(element, person) {
  if ((element.getAttribute("src") ?? null) === person.avatar_url) return;
  const [, size] = element.className.match(/avatar-(\d+)/);
  const drawn = drawAvatar(person, Number(size));
  await drawn.decode?.().catch(() => {});
  element.replaceWith(drawn);
}
