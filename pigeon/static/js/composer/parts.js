/* What the composer's modules share: its parts, its pictures, and how it says that something changed. */

export const part = (form, name) => form.querySelector(`[data-part="${name}"]`);
export const thumbsOf = (form) => [...part(form, "thumbs").children];
export const isBlank = (form) => !form.elements.caption.value.trim() && thumbsOf(form).length === 0;
export const say = (form, sentence) => (part(form, "said").textContent = sentence);

/** Pictures or their words are not as they were. Typed words say so themselves, by `input`. */
export const tellChange = (form) => form.dispatchEvent(new Event("composer:change"));
