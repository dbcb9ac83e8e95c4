/* A person's picture as the server draws it: the image, or the first letter of the name on a tint. */

export function drawAvatar({ id, username, display_name: name, avatar_url: url }, size) {
  if (url) return mark(Object.assign(new Image(size, size), { className: `avatar avatar-${size}`, src: url, alt: "" }), id);
  const [first] = new Intl.Segmenter().segment(name || username);
  const tint = (Number(id) % 8) + 1;
  const initial = document.createElement("span");
  initial.className = `avatar avatar-${size} tint-${tint}`;
  initial.textContent = first.segment;
  initial.setAttribute("aria-hidden", "true");
  return mark(initial, id);
}

function mark(element, id) {
  element.dataset.avatar = id;
  return element;
}

/** Draws a picture again where it is shown, unless it is the same. */
export function redraw(element, person) {
  if ((element.getAttribute("src") ?? null) === person.avatar_url) return;
  const [, size] = element.className.match(/avatar-(\d+)/);
  element.replaceWith(drawAvatar(person, Number(size)));
}
