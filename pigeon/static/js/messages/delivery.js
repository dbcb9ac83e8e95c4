/* One message on its way to the server: over the socket while there is one, else as a call. */

import { ApiError, api } from "../core/api.js";
import { isConnected, send } from "../core/socket.js";
import { text } from "../core/strings.js";
import { catchUp } from "./catch-up.js";
import { findFile } from "./kept-files.js";
import { markSent, showProgress } from "./pending.js";
import { threadsOf } from "./parts.js";
import { upload } from "./upload.js";

/** Whether the same message may be taken later: the way is cut, or the server asks for patience. */
export const isPassing = ({ status, code }) => !status || status === 429 || status >= 500 || code === "rate_limited";

const STATUS = { rate_limited: 429, unavailable: 503 };

async function sendBySocket(payload) {
  let answer;
  try {
    answer = await send("chat.send", payload);
  } catch {
    throw new ApiError(0, { code: "timeout" });
  }
  if (answer.ok) return answer.message;
  throw new ApiError(STATUS[answer.error.code] ?? 422, answer.error);
}

function sendByCall({ to, ...body }) {
  return api("POST", `/chats/${encodeURIComponent(to)}/messages`, body, { keepalive: true });
}

async function uploadPicture(item) {
  item.stop ??= new AbortController();
  item.file ??= await findFile(item.key);
  if (!item.file) throw new ApiError(422, { code: "invalid", message: text("message_photo_lost") });
  const form = new FormData();
  form.append("alt", item.alt);
  form.append("image", item.file, item.file.name || "photo");
  return (await upload("/media", form, item)).id;
}

/** Answers the message that was stored; throws ApiError. `onUploaded` is told that the picture is on the server. */
export async function deliver({ chatId, partner }, item, onUploaded) {
  const isPicture = item.words === undefined;
  if (isPicture && !item.image) {
    item.onProgress = (done) => showProgress(chatId, item, done);
    item.image = await uploadPicture(item);
    onUploaded();
  }
  const content = isPicture ? { image: item.image } : { text: item.words };
  const payload = { to: partner, client_msg_id: item.key, ...content };
  return isConnected() ? sendBySocket(payload) : sendByCall(payload);
}

/** The server has it: its row says so at once, and is drawn by the server a moment later. */
export function acknowledged(message) {
  for (const root of threadsOf(message.chat_id)) {
    markSent(root, message);
    catchUp(root);
  }
}
