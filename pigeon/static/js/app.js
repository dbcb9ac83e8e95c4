/* Entry: binds each `data-behavior` of the page to its module. An element may name several, separated by spaces.
   A behaviour is called once per element, also for what arrives later; it reads data-* when something happens,
   not when it is bound, since a swap may change them under it. */

import { avatarForm } from "./settings/avatar-form.js";
import "./notifications/badges.js";
import { bellButton } from "./follows/bell-button.js";
import { captionClamp } from "./posts/caption-clamp.js";
import { carousel } from "./posts/carousel.js";
import { commentComposer } from "./comments/composer.js";
import { commentDelete } from "./comments/delete.js";
import { commentEarlier } from "./comments/earlier.js";
import { commentEdit } from "./comments/edit.js";
import { commentEmoji } from "./comments/emoji.js";
import { commentLive } from "./comments/live.js";
import { commentNewest } from "./comments/newest.js";
import { commentReplies } from "./comments/replies.js";
import { commentReply } from "./comments/reply.js";
import { commentTarget } from "./comments/target.js";
import { commentLink } from "./comments/link.js";
import { composer } from "./composer/composer.js";
import { counter } from "./ui/counter.js";
import { deletePost } from "./posts/delete.js";
import { dismissSuggestion } from "./suggestions/dismiss.js";
import { endlessList } from "./ui/endless-list.js";
import { feed } from "./timelines/feed.js";
import "./ui/form-faults.js";
import { followButton } from "./follows/follow-button.js";
import { handleAvailability } from "./accounts/handle-availability.js";
import "./core/history.js";
import "./users/hover-card.js";
import "./ui/keyboard.js";
import { keyboardHelp } from "./ui/keyboard-help.js";
import { leaveGuard } from "./ui/leave-guard.js";
import { likeButton } from "./likes/like-button.js";
import { likeGesture } from "./likes/like-gesture.js";
import { mentionField } from "./users/mention-field.js";
import { menu } from "./ui/menu.js";
import { newPostsPill } from "./timelines/new-posts-pill.js";
import "./core/next-page-toast.js";
import { notificationPanel } from "./notifications/panel.js";
import { deleteNotification, openNotification } from "./notifications/row.js";
import { notifications } from "./notifications/notifications.js";
import { pageDialog } from "./ui/page-dialog.js";
import { passwordField } from "./accounts/password-field.js";
import { pendingPost } from "./posts/pending.js";
import { postEdit } from "./posts/edit.js";
import { postLink } from "./posts/dialog.js";
import { postWatch } from "./posts/watch.js";
import { copyLink, sharePost } from "./posts/share.js";
import { connect } from "./core/socket.js";
import { text } from "./core/strings.js";
import { theme } from "./settings/theme.js";
import { time } from "./ui/times.js";
import { flash, toast } from "./core/toasts.js";
import { unfollow } from "./follows/unfollow.js";

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
