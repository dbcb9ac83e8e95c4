/* A listbox under a text field (APG combobox): which option is active, and what the field says of it. A field whose list is
   `always` there stays a combobox; another is one only while there is something to choose. What is `inert` is not an option. */

const SAID = ["role", "aria-expanded", "aria-controls", "aria-autocomplete", "aria-activedescendant"];

export function suggestionList(input, list, { always = false } = {}) {
  let at = -1;

  const options = () => [...list.querySelectorAll('[role="option"]')].filter((option) => !option.closest("[inert]"));

  function say(isOpen) {
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", list.id);
    input.setAttribute("aria-expanded", String(isOpen));
  }

  function unmark() {
    at = -1;
    for (const option of list.querySelectorAll('[role="option"]')) option.setAttribute("aria-selected", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function activate(index) {
    unmark();
    at = index;
    const option = options()[at];
    option.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  function close() {
    unmark();
    list.hidden = true;
    list.replaceChildren();
    if (always) say(false);
    else SAID.forEach((name) => input.removeAttribute(name));
  }

  /** Shows options, or groups of them; the first is active at once unless `marked` is false. */
  function open(content, { marked = true } = {}) {
    if (!content.length) return close();
    list.replaceChildren(...content);
    list.hidden = false;
    say(true);
    return marked ? activate(0) : unmark();
  }

  /** The text is another one: nothing is active, and what was suggested for the old one is not to be chosen. */
  function outdate() {
    unmark();
    for (const child of list.children) child.inert = true;
  }

  function step(by) {
    const { length } = options();
    const from = at < 0 && by < 0 ? 0 : at;
    if (length) activate((from + by + length) % length);
  }

  /** What a key means while the list is open, unless it belongs to an input method: arrows step, `takers` choose what is active. */
  function press(event, { takers, choose, leave }) {
    if (list.hidden || event.isComposing || event.keyCode === 229) return;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by && options().length) step(by);
    else if (takers.includes(event.key) && at >= 0) choose(options()[at]);
    else if (event.key === "Escape") leave();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  if (always) say(false);
  return { open, close, outdate, press, isOpen: () => !list.hidden, isCurrent: () => options().length > 0 };
}
