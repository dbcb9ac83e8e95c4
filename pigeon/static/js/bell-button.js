/* Behaviour `bell-button`: be told of each new post of this person. */

import { api } from "./api.js";
import { text } from "./strings.js";
import { toast } from "./toasts.js";

function show(element, isOn) {
  element.setAttribute("aria-pressed", String(isOn));
  element.setAttribute("formaction", `/u/${element.dataset.username}/${isOn ? "unbell" : "bell"}`);
}

export function bellButton(element) {
  element.addEventListener("click", async (event) => {
    event.preventDefault();
    const name = element.dataset.username;
    const isOn = element.getAttribute("aria-pressed") !== "true";
    show(element, isOn);
    try {
      await api(isOn ? "PUT" : "DELETE", `/users/${name}/bell`);
      toast(text(isOn ? "bell_on" : "bell_off", { name }));
    } catch (error) {
      show(element, !isOn);
      toast(error.message || text("failed"), { category: "error" });
    }
  });
}
