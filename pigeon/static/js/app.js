/* Entry: binds each `data-behavior` of the page to its module. An element may name several, separated by spaces.
   A behaviour is called once per element, also for what arrives later; it reads data-* when something happens,
   not when it is bound, since a swap may change them under it. */

import { avatarForm } from "./avatar-form.js";
import "./badges.js";
import { bellButton } from "./bell-button.js";
import { captionClamp } from "./caption-clamp.js";
import { carousel } from "./carousel.js";
import { commentComposer } from "./comment-composer.js";
import { commentDelete } from "./comment-delete.js";
import { commentEarlier } from "./comment-earlier.js";
import { commentEdit } from "./comment-edit.js";
import { commentEmoji } from "./comment-emoji.js";
import { commentLive } from "./comment-live.js";
import { commentNewest } from "./comment-newest.js";
import { commentReplies } from "./comment-replies.js";
import { commentReply } from "./comment-reply.js";
import { commentTarget } from "./comment-target.js";
import { commentLink } from "./comment-link.js";
import { composer } from "./composer.js";
import { counter } from "./counter.js";
import { deletePost } from "./delete-post.js";
import { dismissSuggestion } from "./dismiss-suggestion.js";
import { endlessList } from "./endless-list.js";
import { feed } from "./feed.js";
import "./form-faults.js";
import { followButton } from "./follow-button.js";
import { handleAvailability } from "./handle-availability.js";
import "./history.js";
import "./hover-card.js";
import "./keyboard.js";
import { keyboardHelp } from "./keyboard-help.js";
import { leaveGuard } from "./leave-guard.js";
import { likeButton } from "./like-button.js";
import { likeGesture } from "./like-gesture.js";
import { mentionField } from "./mention-field.js";
import { menu } from "./menu.js";
import { newPostsPill } from "./new-posts-pill.js";
import "./next-page-toast.js";
import { notificationPanel } from "./notification-panel.js";
import { deleteNotification, openNotification } from "./notification-row.js";
import { notifications } from "./notifications.js";
import { pageDialog } from "./page-dialog.js";
import { passwordField } from "./password-field.js";
import { pendingPost } from "./pending-post.js";
import { postEdit } from "./post-edit.js";
import { postLink } from "./post-dialog.js";
import { postWatch } from "./post-watch.js";
import { copyLink, sharePost } from "./share.js";
import { connect } from "./socket.js";
import { text } from "./strings.js";
import { theme } from "./theme.js";
import { time } from "./times.js";
import { flash, toast } from "./toasts.js";
import { unfollow } from "./unfollow.js";

const behaviors = {
  "avatar-form": avatarForm,
  "bell-button": bellButton,
  "caption-clamp": captionClamp,
  carousel,
  "comment-composer": commentComposer,
  "comment-delete": commentDelete,
  "comment-earlier": commentEarlier,
  "comment-edit": commentEdit,
  "comment-emoji": commentEmoji,
  "comment-live": commentLive,
  "comment-newest": commentNewest,
  "comment-replies": commentReplies,
  "comment-reply": commentReply,
  "comment-target": commentTarget,
  "comment-link": commentLink,
  composer,
  "copy-link": copyLink,
  counter,
  "delete-notification": deleteNotification,
  "delete-post": deletePost,
  "dismiss-suggestion": dismissSuggestion,
  "endless-list": endlessList,
  feed,
  flash,
  "follow-button": followButton,
  "handle-availability": handleAvailability,
  "keyboard-help": keyboardHelp,
  "leave-guard": leaveGuard,
  "like-button": likeButton,
  "like-gesture": likeGesture,
  "mention-field": mentionField,
  menu,
  "new-posts-pill": newPostsPill,
  "notification-panel": notificationPanel,
  notifications,
  "open-notification": openNotification,
  "page-dialog": pageDialog,
  "password-field": passwordField,
  "pending-post": pendingPost,
  "post-edit": postEdit,
  "post-link": postLink,
  "post-watch": postWatch,
  share: sharePost,
  theme,
  time,
  unfollow,
};

const bound = new WeakMap();

function bindElement(element) {
  const names = bound.get(element) ?? new Set();
  bound.set(element, names);
  for (const name of element.dataset.behavior.split(" ")) {
    if (names.has(name) || !behaviors[name]) continue;
    names.add(name);
    behaviors[name](element);
  }
}

function bind(root) {
  if (root.matches?.("[data-behavior]")) bindElement(root);
  root.querySelectorAll?.("[data-behavior]").forEach(bindElement);
}

new MutationObserver((changes) => {
  for (const change of changes) {
    if (change.type === "attributes") bind(change.target);
    else change.addedNodes.forEach(bind);
  }
}).observe(document.documentElement, { childList: true, subtree: true, attributeFilter: ["data-behavior"] });

document.addEventListener("htmx:error", ({ detail }) => {
  if (detail.error?.name !== "AbortError") toast(text("unreachable"), { category: "error" });
});

bind(document);
connect();
