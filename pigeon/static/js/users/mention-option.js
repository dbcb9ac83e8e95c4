/* One person or tag in the list of suggestions, drawn like the avatars and rows of the server; `inserts` is what it stands for. */

import { text } from "../core/strings.js";
import { compact } from "../ui/numbers.js";
import { drawAvatar } from "./avatar-picture.js";

function make(tag, className, content = "") {
  return Object.assign(document.createElement(tag), { className, textContent: content });
}

function drawOption(id, picture, title, note) {
  const option = make("li", "mention-option");
  const words = make("span", "row-text");
  words.append(make("span", "row-handle one-line", title), make("span", "row-note one-line", note));
  option.id = id;
  option.setAttribute("role", "option");
  option.append(picture, words);
  return option;
}

export function drawPerson(person, id) {
  const option = drawOption(id, drawAvatar(person, 32), person.username, person.display_name);
  option.dataset.username = person.username;
  option.dataset.inserts = `@${person.username}`;
  return option;
}

export function drawTag({ tag, post_count: count }, id) {
  const sign = make("span", "mention-sign");
  const option = drawOption(id, sign, `#${tag}`, text(count === 1 ? "tag_posts_one" : "tag_posts_many", { shown: compact(count) }));
  option.dataset.inserts = `#${tag}`;
  return option;
}
