/* The keys of the story viewer. Letters go by their place where the layout has none of them, as a Korean one. */

const LETTERS = { KeyR: "r", KeyL: "l", BracketLeft: "[", BracketRight: "]" };
const isLatin = (key) => /^[a-z[\]]$/i.test(key);
const keyOf = ({ key, code }) => (isLatin(key) ? key.toLowerCase() : (LETTERS[code] ?? key));

export function bindKeys(dialog, act) {
  const actions = {
    ArrowLeft: ({ shiftKey }) => (shiftKey ? act.person(-1) : act.back()),
    ArrowRight: ({ shiftKey }) => (shiftKey ? act.person(1) : act.next()),
    "[": () => act.person(-1),
    "]": () => act.person(1),
    " ": act.toggle,
    r: act.reply,
    l: act.like,
    Delete: act.remove,
    "?": act.help,
  };

  dialog.addEventListener("keydown", (event) => {
    const { target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    if (target.closest("input, textarea")) {
      if (event.key !== "Escape") return;
      event.preventDefault(); // the field is left first, the viewer by the next one
      dialog.focus();
      return;
    }
    if (event.key === "Tab") act.byKeyboard();
    const key = keyOf(event);
    if (!actions[key] || target.closest("dialog") !== dialog) return;
    if (key === " " && target.closest("button, summary, a")) return; // presses it
    event.preventDefault();
    event.stopPropagation();
    actions[key](event);
  });
}
