/* Behaviour `stories-waiting`: my stories that are not shown yet; the list follows what becomes of them. */

import { api } from "../core/api.js";
import { fetchDocument } from "../core/fragments.js";
import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";

const POLL_MS = 10_000;
const EVENTS = ["socket:story.progress", "socket:story.ready", "socket:story.failed", "stories:changed"];
const AGAIN = ["socket:connect", "socket:resync", "page:back"]; // something may have happened while nobody listened

const list = (section) => section.querySelector("ul");

async function refresh(section) {
  const page = await fetchDocument("/stories/new");
  const fresh = page.getElementById(section.id);
  if (!section.isConnected || list(section).isEqualNode(list(fresh))) return;
  const hadFocus = list(section).contains(document.activeElement);
  list(section).replaceChildren(...[...list(fresh).children].map((row) => document.adoptNode(row)));
  section.hidden = fresh.hidden;
  if (hadFocus) /** @type {HTMLElement} */ (section.hidden ? document.getElementById("main") : section.querySelector("h2")).focus();
}

const ACTS = {
  retry: (id) => api("POST", `/stories/${id}/retry`),
  delete: async (id) => {
    await api("DELETE", `/stories/${id}`);
    toast(text("story_deleted"));
  },
};

/** By a call, so that what is being made on this page stays. */
async function act(section, event) {
  const control = event.target.closest("[data-do]");
  if (!control) return;
  event.preventDefault();
  const { story } = control.closest("[data-story]").dataset;
  try {
    await ACTS[control.dataset.do](story);
  } catch (error) {
    toast(error.message || text("failed"), { category: "error" });
  }
  await refresh(section).catch(() => {});
}

const onPage = () => [...document.querySelectorAll('[data-behavior~="stories-waiting"]')];
const refreshAll = () => onPage().forEach((section) => refresh(section).catch(() => {}));
const isProcessed = (section) => section.querySelector('[data-state="processing"]');

export function storiesWaiting(section) {
  section.addEventListener("click", (event) => act(section, event));
}

setInterval(() => document.hidden || (onPage().some(isProcessed) && refreshAll()), POLL_MS);
for (const name of [...EVENTS, ...AGAIN]) document.addEventListener(name, refreshAll);
