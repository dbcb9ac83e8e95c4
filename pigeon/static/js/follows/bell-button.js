/* Behaviour `bell-button`: be told of each new post of this person. */

import { api } from "../core/api.js";
import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";
import { inTurn, isLast } from "./turns.js";

export function showBell(element, isOn) {
  element.setAttribute("aria-pressed", String(isOn));
  element.setAttribute("formaction", `/u/${element.dataset.username}/${isOn ? "unbell" : "bell"}`);
}

export function bellButton(element) {
  element.addEventListener("click", async (event) => {
    event.preventDefault();
    const name = element.dataset.username;
    const isOn = element.getAttribute("aria-pressed") !== "true";
    showBell(element, isOn);
    const turn = inTurn(name, () => api(isOn ? "PUT" : "DELETE", `/users/${name}/bell`));
    try {
      await turn;
      if (isLast(name, turn)) toast(text(isOn ? "bell_on" : "bell_off", { name }));
    } catch (error) {
      if (!isLast(name, turn)) return;
      showBell(element, !isOn);
      toast(error.message || text("failed"), { category: "error" });
    }
  });
}
