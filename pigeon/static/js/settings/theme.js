/* Behaviour `theme`: the colours change at once; the choice is stored behind it. */

import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";

function apply(theme) {
  const root = document.documentElement;
  const ground = () => getComputedStyle(root).getPropertyValue("--ground").trim();
  root.dataset.theme = theme;
  document.querySelector('meta[name="color-scheme"]').setAttribute("content", theme === "system" ? "light dark" : theme);
  for (const meta of document.querySelectorAll('meta[name="theme-color"]')) {
    meta.removeAttribute("media");
    meta.setAttribute("content", ground());
  }
  for (const choice of document.querySelectorAll('button[name="theme"]')) {
    choice.setAttribute("aria-pressed", String(choice.getAttribute("value") === theme));
  }
}

export function theme(form) {
  form.addEventListener("submit", async (event) => {
    const chosen = event.submitter?.value;
    if (event.submitter?.name !== "theme") return;
    event.preventDefault();
    const before = document.documentElement.dataset.theme;
    apply(chosen);
    try {
      const response = await fetch(form.action, { method: "POST", body: new FormData(form, event.submitter) });
      if (!response.ok) throw new Error(response.statusText);
    } catch {
      apply(before);
      toast(text("failed"), { category: "error" });
    }
  });
}
