/* What a tap asked for and has not come yet: one thing at a time, and a thin bar says that it comes (base.css). */

/** Awaits `act` for `link`; undefined, without acting, while something else is awaited. */
export async function whileFetching(link, act) {
  if (document.querySelector(".is-fetching")) return undefined;
  link.classList.add("is-fetching");
  try {
    return await act();
  } finally {
    link.classList.remove("is-fetching");
  }
}
