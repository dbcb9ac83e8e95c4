/* Pages fetched to take parts out of them, and parts put into this page. */

/**
 * The document at `url`; throws when it is not there, or when the log-in page answers in its place.
 * @param {string} url
 * @param {{ signal?: AbortSignal }} [options]
 */
export async function fetchDocument(url, { signal } = {}) {
  const response = await fetch(url, { headers: { Accept: "text/html" }, signal });
  const isLogin = response.redirected && new URL(response.url).pathname === "/login";
  if (!response.ok || isLogin) throw Object.assign(new Error(`${url}: ${response.status}`), { status: response.status });
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

/** A path with one more query parameter. */
export function withParameter(path, name, value) {
  const url = new URL(path, location.href);
  url.searchParams.set(name, value);
  return url.pathname + url.search;
}

/** The children of `from` that this page does not show yet, adopted into this document. */
export function freshChildren(from) {
  return [...from.children]
    .filter((child) => !child.id || !document.getElementById(child.id))
    .map((child) => document.adoptNode(child));
}

/** Links among what was just put in are boosted like all others; behaviours bind by themselves. */
export function settle(nodes) {
  for (const node of nodes) window.htmx?.process(node);
}
