/* Calls of /api/v1 with the page's session. */

import { forgetPages } from "./history.js";

export class ApiError extends Error {
  constructor(status, error = {}) {
    super(error.message ?? "");
    this.status = status;
    this.code = error.code ?? "unreachable";
    this.fields = error.fields ?? {};
    this.retryAfter = error.retry_after ?? 0; // seconds
  }
}

function csrfToken() {
  const field = /** @type {HTMLInputElement} */ (document.querySelector("#act input[name=csrf_token]"));
  return field.value;
}

/** Back to this page afterwards, but without the words of a search: who logs in may be somebody else. */
export function leaveForLogin() {
  const { pathname, searchParams } = new URL(location.href);
  searchParams.delete("q");
  location.assign(`/login?next=${encodeURIComponent([pathname, searchParams].filter(String).join("?"))}`);
}

/**
 * Answers the parsed body (null without one); throws ApiError. `body` is FormData or is sent as JSON.
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @param {{ headers?: Record<string, string>, signal?: AbortSignal, keepalive?: boolean }} [options]
 */
export async function api(method, path, body, { headers = {}, signal, keepalive } = {}) {
  const isForm = body instanceof FormData;
  const init = { method, signal, keepalive, headers: { Accept: "application/json", ...headers } };
  if (method !== "GET") init.headers["X-CSRFToken"] = csrfToken();
  if (body !== undefined) init.body = isForm ? body : JSON.stringify(body);
  if (body !== undefined && !isForm) init.headers["Content-Type"] = "application/json";

  let response;
  try {
    response = await fetch(`/api/v1${path}`, init);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0);
  }
  const isJson = response.headers.get("Content-Type")?.includes("json");
  const answer = isJson ? await response.json() : null;
  if (method === "DELETE") forgetPages();
  if (response.ok) return answer;
  if (response.status === 401) leaveForLogin();
  throw new ApiError(response.status, { ...answer?.error, retry_after: Number(response.headers.get("Retry-After")) });
}
