/* A listbox under a text field (APG combobox): which option is active, and what the field says of it. The field is a
   combobox only while there is something to choose. */

const SAID = ["role", "aria-expanded", "aria-controls", "aria-autocomplete", "aria-activedescendant"];

export function suggestionList(input, list) {
  let at = -1;

  const options = () => [...list.querySelectorAll('[role="option"]')];

  function activate(index) {
    at = index;
    options().forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
    input.setAttribute("aria-activedescendant", options()[at].id);
    options()[at].scrollIntoView({ block: "nearest" });
  }

  function close() {
    at = -1;
    list.hidden = true;
    SAID.forEach((name) => input.removeAttribute(name));
  }

  /** Shows options, or groups of them; the first is active at once unless `marked` is false. */
  function open(content, { marked = true } = {}) {
    if (!content.length) return close();
    close();
    list.replaceChildren(...content);
    list.hidden = false;
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", list.id);
    input.setAttribute("aria-expanded", "true");
    return marked ? activate(0) : options().forEach((option) => option.setAttribute("aria-selected", "false"));
  }

  function step(by) {
    const { length } = options();
    const from = at < 0 && by < 0 ? 0 : at;
    activate((from + by + length) % length);
  }

  /** What a key means while the list is open, unless it belongs to an input method: arrows step, `takers` choose what is active. */
  function press(event, { takers, choose, leave }) {
    if (list.hidden || event.isComposing || event.keyCode === 229) return;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) step(by);
    else if (takers.includes(event.key) && at >= 0) choose(options()[at]);
    else if (event.key === "Escape") leave();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return { open, close, press, isOpen: () => !list.hidden };
}
