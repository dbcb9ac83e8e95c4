/* One person in the list of suggestions, drawn like the avatars and rows of the server. */

function make(tag, className, content = "") {
  return Object.assign(document.createElement(tag), { className, textContent: content });
}

function drawAvatar({ id, username, display_name: name, avatar_url: url }) {
  if (url) return Object.assign(new Image(32, 32), { className: "avatar avatar-32", src: url, alt: "" });
  const [first] = new Intl.Segmenter().segment(name || username);
  const initial = make("span", `avatar avatar-32 tint-${(Number(id) % 8) + 1}`, first.segment);
  initial.setAttribute("aria-hidden", "true");
  return initial;
}

export function drawPerson(person, id) {
  const option = make("li", "mention-option");
  const words = make("span", "row-text");
  words.append(make("span", "row-handle one-line", person.username), make("span", "row-note one-line", person.display_name));
  option.id = id;
  option.dataset.username = person.username;
  option.setAttribute("role", "option");
  option.append(drawAvatar(person), words);
  return option;
}
