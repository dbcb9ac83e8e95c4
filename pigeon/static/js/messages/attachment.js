/* A picture that goes with the next message: chosen, pasted or dropped, shown and described before it is sent. */

import { inspect } from "../composer/files.js";
import { text } from "../core/strings.js";
import { measure } from "./picture.js";

const fileIn = (transfer) => [...(transfer?.files ?? [])].find(({ type, name }) => type.startsWith("image/") || /\.hei[cf]$/i.test(name));

/** `take` hands the picture over and forgets it; `onRefused` is told why a file cannot be sent. */
export function bindAttachment(form, { onChange, onRefused }) {
  const box = form.querySelector('[data-part="attachment"]');
  const thumb = box.querySelector('[data-part="thumb"]');
  const picker = form.elements.image;
  let chosen = null;
  let turn = 0; // of the files that were chosen, the last one counts

  function show() {
    box.hidden = !chosen;
    thumb.hidden = !chosen?.preview;
    if (chosen?.preview) thumb.src = chosen.preview;
    box.querySelector('[data-part="thumb-name"]').textContent = chosen && !chosen.preview ? chosen.file.name : "";
    onChange();
  }

  function clear() {
    turn += 1;
    chosen = null;
    picker.value = "";
    form.elements.alt.value = "";
    show();
  }

  async function choose(file) {
    turn += 1;
    const mine = turn;
    onRefused("");
    try {
      const { preview } = await inspect(file, form.dataset);
      const size = preview ? await measure(preview) : null;
      if (mine !== turn) return;
      chosen = { file, size, preview: preview ? URL.createObjectURL(preview) : null };
      show();
      form.elements.alt.focus({ preventScroll: true });
    } catch (error) {
      if (mine !== turn) return;
      picker.value = "";
      onRefused(error.key ? text(error.key, error.values) : text("failed"));
    }
  }

  function drop(event) {
    const file = fileIn(event.dataTransfer);
    thread.classList.remove("is-dropping");
    if (!file) return;
    event.preventDefault();
    choose(file);
  }

  const thread = form.closest(".thread");
  picker.addEventListener("change", () => picker.files[0] && choose(picker.files[0]));
  box.querySelector('[data-part="remove"]').addEventListener("click", () => (clear(), form.elements.text.focus()));
  form.addEventListener("paste", (event) => {
    const file = fileIn(event.clipboardData);
    if (!file) return;
    event.preventDefault();
    choose(file);
  });
  thread.addEventListener("dragover", (event) => {
    if (!form.isConnected || ![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    thread.classList.add("is-dropping");
  });
  thread.addEventListener("dragleave", ({ relatedTarget }) => thread.contains(relatedTarget) || thread.classList.remove("is-dropping"));
  thread.addEventListener("drop", (event) => form.isConnected && drop(event));

  return {
    has: () => Boolean(chosen),
    take() {
      if (!chosen) return null;
      const taken = { ...chosen, alt: form.elements.alt.value.trim(), stop: new AbortController() };
      clear();
      return taken;
    },
  };
}
