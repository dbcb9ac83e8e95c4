/* A listbox under a text field (APG combobox): which option is active, and what the field says of it. The field is a
   combobox only while there is something to choose. */

const SAID = ["role", "aria-expanded", "aria-controls", "aria-autocomplete", "aria-activedescendant"];

export function suggestionList(input, list) {
  let at = -1;

  function activate(index) {
    at = index;
    [...list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
    input.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at].scrollIntoView({ block: "nearest" });
  }

  function close() {
    list.hidden = true;
    SAID.forEach((name) => input.removeAttribute(name));
  }

  function open(options) {
    if (!options.length) return close();
    list.replaceChildren(...options);
    list.hidden = false;
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", list.id);
    input.setAttribute("aria-expanded", "true");
    return activate(0);
  }

  return {
    open,
    close,
    isOpen: () => !list.hidden,
    step: (by) => activate((at + by + list.children.length) % list.children.length),
    active: () => list.children[at],
  };
}
