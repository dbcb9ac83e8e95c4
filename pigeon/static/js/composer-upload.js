/* Sending a post: XMLHttpRequest, since fetch cannot tell how much has gone. */

import { ApiError } from "./api.js";

function body(caption, pictures) {
  const form = new FormData();
  form.append("caption", caption);
  for (const { file, alt } of pictures) {
    form.append("images[]", file, file.name);
    form.append("alts[]", alt);
  }
  return form;
}

/** Answers the Post; throws ApiError. `onProgress` is told a number from 0 to 1. */
export function upload({ caption, pictures, key, csrfToken }, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/api/v1/posts");
    request.responseType = "json";
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", csrfToken);
    request.setRequestHeader("Idempotency-Key", key);
    request.upload.addEventListener("progress", (event) => onProgress(event.loaded / event.total));
    request.addEventListener("error", () => reject(new ApiError(0)));
    request.addEventListener("load", () => {
      const isDone = request.status >= 200 && request.status < 300;
      if (isDone) resolve(request.response);
      else reject(new ApiError(request.status, request.response?.error));
    });
    request.send(body(caption, pictures));
  });
}
