/* Entry: the core, which every page needs. What else a page needs is named in its markup: see behaviors.js. */

import "./core/api.js";
import { bindPage } from "./core/binding.js";
import "./core/form-faults.js";
import "./core/fragments.js";
import "./core/history.js";
import "./core/next-page-toast.js";
import { connect } from "./core/socket.js";
import { text } from "./core/strings.js";
import { toast } from "./core/toasts.js";

document.addEventListener("htmx:error", ({ detail }) => {
  if (detail.error?.name !== "AbortError") toast(text("unreachable"), { category: "error" });
});

bindPage().then(connect); // who listens to the socket hears its first words
