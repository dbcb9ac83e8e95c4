/* Sending a post: XMLHttpRequest, since fetch cannot tell how much has gone. */

import { ApiError } from "../core/api.js";
import { fetchDocument } from "../core/fragments.js";

function body(caption, pictures) {
  const form = new FormData();
  form.append("caption", caption);
  for (const { file, alt } of pictures) {
    form.append("images[]", file, file.name);
    form.append("alts[]", alt);
  }
  return form;
}

/** Answers the Post; throws ApiError. Without an answer (status 0) it may have arrived all the same. `onProgress` is told a
    number from 0 to 1; `signal` ends it. */
export function upload({ caption, pictures, key, csrfToken }, { onProgress, signal }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/api/v1/posts");
    request.responseType = "json";
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", csrfToken);
    request.setRequestHeader("Idempotency-Key", key);
    request.upload.addEventListener("progress", (event) => onProgress(event.loaded / event.total));
    request.addEventListener("error", () => reject(new ApiError(0)));
    request.addEventListener("abort", () => reject(new ApiError(0)));
    request.addEventListener("load", () => {
      const isDone = request.status >= 200 && request.status < 300;
      if (isDone && request.response) resolve(request.response);
      else reject(new ApiError(isDone ? 0 : request.status, request.response?.error));
    });
    signal.addEventListener("abort", () => request.abort());
    request.send(body(caption, pictures));
  });
}

/** The post that this key made, {id, caption, alts}, or null; throws when nobody can say. */
export async function findShared(key) {
  const page = await fetchDocument(`/create?idempotency_key=${encodeURIComponent(key)}`);
  return JSON.parse(page.querySelector("[data-shared]")?.dataset.shared ?? "null");
}

const plain = (words) => words.trim().normalize();

/** Whether what stood in the form, {caption, pictures}, is that post. */
export function isShared(shared, { caption, pictures }) {
  const areSame = pictures.length === shared.alts.length && pictures.every(({ alt }, i) => plain(alt) === shared.alts[i]);
  return areSame && plain(caption) === shared.caption;
}
