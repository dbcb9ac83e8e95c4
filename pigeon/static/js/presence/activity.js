/* Tells that somebody is there: at what they do, once a minute at most, and when the page hides or shows. Each new
   connection says so too. */

import { askWhetherHere, isConnected, send } from "../core/socket.js";

const EVERY_MS = 60_000;
const IDLE_MS = 300_000;
const INPUTS = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"];
let inputAt = Date.now();
let toldAt = 0;
let told = true;

const isHere = () => !document.hidden && Date.now() - inputAt < IDLE_MS;

function tell() {
  if (!isConnected()) return; // it is said at the next connection
  told = isHere();
  toldAt = Date.now();
  send("presence.active", { visible: told }).catch(() => {});
}

function onInput(event) {
  const isStill = event.type === "pointermove" && !event.movementX && !event.movementY; // the page moved below it
  if (!event.isTrusted || isStill) return;
  inputAt = Date.now();
  if (!told || inputAt - toldAt >= EVERY_MS) tell();
}

function onConnect() {
  told = isHere(); // as was said with the connection
  toldAt = Date.now();
}

for (const name of INPUTS) addEventListener(name, onInput, { capture: true, passive: true });
askWhetherHere(isHere);
for (const name of ["socket:connect", "socket:resync"]) document.addEventListener(name, onConnect);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) inputAt = Date.now(); // somebody looks at it
  tell();
});
