/* Behaviour `avatar-form`: a new picture of oneself is chosen, judged, sent and followed; its states are in
   avatar-states.js. Without it the same form is sent as it is. */

import { api } from "../core/api.js";
import { text } from "../core/strings.js";
import { ask, wait } from "../users/own-avatar.js";
import { read } from "./avatar-reading.js";
import { part, setState, showFault } from "./avatar-states.js";

const FOLLOWS = ["idle", "processing", "ready", "failed"]; // states in which nobody is choosing another

function body({ elements: { image, crop } }) {
  const data = new FormData();
  if (!crop.disabled) data.append("crop", crop.value);
  data.append("image", image.files[0]);
  return data;
}

function keepPreview(form) {
  const canvas = part(form, "cropper").querySelector("canvas");
  if (form.elements.crop.disabled) part(form, "preview").removeAttribute("src");
  else part(form, "preview").src = canvas.toDataURL("image/jpeg", 0.8);
}

async function send(form) {
  if (["reading", "sending"].includes(form.dataset.state)) return;
  if (form.dataset.state !== "chosen") {
    if (form.dataset.state !== "refused") showFault(form, text("avatar_missing"));
    form.elements.image.focus();
    return;
  }
  const data = body(form);
  setState(form, "sending");
  try {
    await api("PUT", "/me/avatar", data);
  } catch (error) {
    const fault = error.fields?.image?.message || error.message || text("avatar_unsent");
    setState(form, "chosen", { fault });
    return;
  }
  wait();
  keepPreview(form);
  form.elements.image.value = "";
  setState(form, "processing");
  ask().catch(() => {}); // it may be ready before the answer came
}

function follow({ detail: me }) {
  const form = document.querySelector('[data-behavior~="avatar-form"]');
  if (!form) return;
  part(form, "remove").hidden = !me.avatar_url;
  if (!FOLLOWS.includes(form.dataset.state)) return;
  const { state, error } = me.avatar;
  const wasWaiting = form.dataset.state === "processing";
  if (state === "failed") setState(form, state, { failure: `${text("avatar_failed")} ${error.message} ${text("avatar_again")}` });
  else if (state === "processing") setState(form, state);
  else if (wasWaiting || form.dataset.state === "failed") setState(form, state === "ready" && wasWaiting ? "ready" : "idle");
}

export function avatarForm(form) {
  form.noValidate = true; // a file that is missing is said beside its field
  form.elements.image.addEventListener("change", () => read(form));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form);
  });
  if (form.dataset.state === "processing") wait();
  part(form, "send").setAttribute("aria-disabled", "true");
  if (form.dataset.state === "processing") setState(form, "processing");
  if (form.elements.image.files.length) read(form); // chosen before this was loaded
}

document.addEventListener("avatar:settled", follow);
