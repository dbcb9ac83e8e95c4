/* Behaviour `status-menu`: what I chose to be shown as is there at once, and on my other tabs. */

import { api } from "../core/api.js";
import { everywhere } from "../core/history.js";
import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";
import { wordOf } from "./drawing.js";

const MEANS = { available: "available", away: "available", busy: "busy", offline: "invisible" };
let turn = 0;
let sending = 0;

const menus = () => everywhere('[data-form="own"]');

function showIn(menu, chosen) {
  menu.dataset.chosen = chosen;
  menu.querySelector('[data-part="dot"]').dataset.status = chosen;
  menu.querySelector('[data-part="words"]').textContent = wordOf(chosen);
  for (const choice of menu.querySelectorAll(".status-choice")) choice.setAttribute("aria-pressed", String(choice.value === chosen));
}

const show = (chosen) => menus().forEach((menu) => showIn(menu, chosen));

async function choose(chosen, before) {
  turn += 1;
  sending += 1;
  show(chosen);
  try {
    await api("PUT", "/me/status", { status: chosen });
  } catch {
    show(before);
    toast(text("failed"), { category: "error" });
  } finally {
    sending -= 1;
  }
}

/** What others see of me tells what I chose, but for how it came about: /me is the truth. */
async function learn() {
  const mine = (turn += 1);
  const { status } = await api("GET", "/me");
  if (mine === turn && !sending) show(status);
}

export function statusMenu(menu) {
  menu.addEventListener("click", (event) => {
    const choice = event.target.closest(".status-choice");
    if (!choice) return;
    event.preventDefault();
    menu.querySelector("summary").focus();
    if (choice.value !== menu.dataset.chosen) choose(choice.value, menu.dataset.chosen);
  });
}

document.addEventListener("presence:told", ({ detail }) => {
  const isMine = detail.username === document.body.dataset.me;
  const [menu] = isMine ? menus() : [];
  if (menu && !sending && MEANS[detail.status] !== menu.dataset.chosen) learn().catch(() => {});
});
