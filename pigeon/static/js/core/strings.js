/* The words of the page, in the reader's language: <script type="application/json" id="strings">. */

let words;

/** The sentence called `key` with its %(name)s placeholders filled. */
export function text(key, values = {}) {
  words ??= JSON.parse(document.getElementById("strings").textContent);
  return (words[key] ?? key).replace(/%\((\w+)\)s/g, (_, name) => values[name] ?? "");
}
