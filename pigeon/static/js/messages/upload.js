/* A picture on its way: XMLHttpRequest, since fetch cannot tell how much has gone. */

import { ApiError } from "../core/api.js";

const token = () => /** @type {HTMLInputElement} */ (document.querySelector("#act input[name=csrf_token]")).value;

/** Answers what the call answers; throws ApiError. `onProgress` is told a number from 0 to 1; `stop` ends it. */
export function upload(path, form, { onProgress, stop, headers = {} }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/v1${path}`);
    request.responseType = "json";
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", token());
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", ({ loaded, total }) => onProgress(total ? loaded / total : 0));
    request.addEventListener("error", () => reject(new ApiError(0)));
    request.addEventListener("abort", () => reject(new ApiError(0)));
    request.addEventListener("load", () => {
      const isDone = request.status >= 200 && request.status < 300;
      if (isDone && request.response) return resolve(request.response);
      const retryAfter = Number(request.getResponseHeader("Retry-After"));
      return reject(new ApiError(isDone ? 0 : request.status, { ...request.response?.error, retry_after: retryAfter }));
    });
    stop.signal.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}
