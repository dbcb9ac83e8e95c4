/* One person in the list of suggestions, drawn like the avatars and rows of the server. */

import { drawAvatar } from "./avatar-picture.js";

function make(tag, className, content = "") {
  return Object.assign(document.createElement(tag), { className, textContent: content });
}

export function drawPerson(person, id) {
  const option = make("li", "mention-option");
  const words = make("span", "row-text");
  words.append(make("span", "row-handle one-line", person.username), make("span", "row-note one-line", person.display_name));
  option.id = id;
  option.dataset.username = person.username;
  option.setAttribute("role", "option");
  option.append(drawAvatar(person, 32), words);
  return option;
}
