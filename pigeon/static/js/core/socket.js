/* The one socket of a visit. Its events become DOM events of the document: `socket:post.ready`, `socket:resync`, …
   After `socket:resync` follows `live:refetch`: something may have been missed, so what is shown asks what is new. */

import { io } from "../../vendor/socket.io@4.8.4/socket.io.esm.min.js";
import { leaveForLogin } from "./api.js";
import { text } from "./strings.js";

const OFFLINE_AFTER_MS = 3000;
const ENDS = ["/logout", "/settings/withdraw"];
let socket;
let timer = null;
let posting = 0; // forms whose answer is on its way: it may bring a new session
let isHere = () => !document.hidden;
let isRefused = false;

function tell(name, detail) {
  document.dispatchEvent(new CustomEvent(`socket:${name}`, { detail }));
  if (name === "resync") document.dispatchEvent(new CustomEvent("live:refetch"));
}

function setOffline(isOffline) {
  document.querySelector(".offline")?.remove();
  if (!isOffline) return;
  const bar = document.createElement("div");
  bar.className = "offline";
  bar.setAttribute("role", "status");
  bar.textContent = text("offline");
  document.querySelector(".frame").prepend(bar);
}

function lost() {
  timer ??= setTimeout(setOffline, OFFLINE_AFTER_MS, true);
}

function found() {
  clearTimeout(timer);
  timer = null;
  setOffline(false);
}

/** The session ended elsewhere: log-in, then back to where the reader was. */
function leave() {
  socket.disconnect();
  leaveForLogin();
}

/** Who knows more than whether the page is in sight answers instead whether somebody is there. */
export const askWhetherHere = (ask) => (isHere = ask);

/** Connects once for a signed-in reader; later calls do nothing. */
export function connect() {
  if (socket || !document.body.dataset.me) return;
  let hadConnection = false;
  const auth = (tell) => tell({ visible: isHere() }); // asked at every connection
  socket = io({ transports: ["websocket"], auth });
  socket.on("connect", () => {
    isRefused = false;
    found();
    tell(hadConnection ? "resync" : "connect");
    hadConnection = true;
  });
  socket.on("disconnect", (reason) => {
    lost();
    tell("disconnect");
    if (reason === "io server disconnect") socket.connect(); // the client retries all other ends by itself
  });
  socket.on("connect_error", (error) => {
    lost();
    isRefused = error.data?.code === "unauthenticated";
    if (isRefused && !posting) leave();
  });
  socket.onAny((name, payload) => tell(name, payload));
  // A new password ends the session before the answer brings another one: only then it is known who asks.
  document.addEventListener("htmx:before:request", ({ detail }) => {
    if (detail.ctx.request.method !== "GET") posting += 1;
  });
  document.addEventListener("htmx:finally:request", ({ detail }) => {
    if (detail.ctx.request.method === "GET") return;
    posting = Math.max(0, posting - 1);
    if (isRefused && !posting) socket.connect();
  });
  // Here the answer to the form leads on, not the end of the session that it brings.
  document.addEventListener("submit", ({ target }) => {
    if (ENDS.includes(target.getAttribute("action"))) socket.disconnect();
  });
}

/** Whether an event sent now would leave now: the client keeps others and sends them all when it is back. */
export const isConnected = () => Boolean(socket?.connected);

/** Sends an event and answers its acknowledgement; throws after five seconds without one. */
export function send(name, payload) {
  return socket.timeout(5000).emitWithAck(name, payload);
}
