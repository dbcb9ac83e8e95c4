/* A message for the page that comes next, when that page is loaded anew. */

import { toast } from "./toasts.js";

const KEY = "next-page-toast";

export function toastOnNextPage(message) {
  sessionStorage.setItem(KEY, message);
}

const message = sessionStorage.getItem(KEY);
sessionStorage.removeItem(KEY);
if (message) toast(message);
