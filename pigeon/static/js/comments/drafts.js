/* What was typed and not sent yet, for this visit: by the address it would be sent to, and by reader. */

const nameOf = (form) => `comment:${document.body.dataset.me}:${form.getAttribute("action")}`;

export function keepDraft(form, words) {
  try {
    if (words.trim()) sessionStorage.setItem(nameOf(form), words);
    else sessionStorage.removeItem(nameOf(form));
  } catch {
    // A full or forbidden storage costs the draft, not the comment.
  }
}

export function findDraft(form) {
  try {
    return sessionStorage.getItem(nameOf(form)) ?? "";
  } catch {
    return "";
  }
}
