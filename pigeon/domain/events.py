"""What happened, in the past tense; ids only. `pigeon/subscribers` says what follows from each."""

from __future__ import annotations

from dataclasses import dataclass

from pigeon.domain.messages import Message


@dataclass(frozen=True, kw_only=True)
class Event:
    """Base: raised inside a unit of work, published after its commit."""


@dataclass(frozen=True, kw_only=True)
class MailRequested(Event):
    """`template` names a pair in templates/email; `values` are strings for it."""

    template: str
    to: str
    language: str
    values: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class LinkRequested(Event):
    """Somebody wants their sign-up's mail again; whether one waits, only the job finds out."""

    email_key: str


@dataclass(frozen=True, kw_only=True)
class ResetRequested(Event):
    """Somebody asked for a new password; whether the address is known, only the job finds out."""

    email_key: str


@dataclass(frozen=True, kw_only=True)
class SessionsEnded(Event):
    """These sessions are over: their sockets close on whichever process holds them."""

    user_id: int
    session_ids: list[int]
    token_hashes: list[str]


@dataclass(frozen=True, kw_only=True)
class UserWithdrew(Event):
    user_id: int
    username: str


@dataclass(frozen=True, kw_only=True)
class UserChanged(Event):
    """Name or avatar changed: cards that show them are stale."""

    user_id: int


@dataclass(frozen=True, kw_only=True)
class AvatarUploaded(Event):
    media_id: int


@dataclass(frozen=True, kw_only=True)
class AvatarShown(Event):
    user_id: int
    avatar_url: str | None


@dataclass(frozen=True, kw_only=True)
class AvatarFailed(Event):
    """The last picture that somebody sent cannot be read; `language` is theirs."""

    user_id: int
    code: str
    language: str


@dataclass(frozen=True, kw_only=True)
class UserFollowed(Event):
    follower_id: int
    followee_id: int


@dataclass(frozen=True, kw_only=True)
class UserUnfollowed(Event):
    """`by_id` ended it: who followed, or who was followed."""

    follower_id: int
    followee_id: int
    by_id: int


@dataclass(frozen=True, kw_only=True)
class FollowRequested(Event):
    request_id: int
    requester_id: int
    requested_id: int


@dataclass(frozen=True, kw_only=True)
class FollowRequestEnded(Event):
    """Withdrawn, approved, declined, or made void by a follow or a block; `by_id` ended it."""

    request_id: int
    requester_id: int
    requested_id: int
    by_id: int


@dataclass(frozen=True, kw_only=True)
class FollowApproved(Event):
    """The followed let the follower in, who is told; the followed knows."""

    request_id: int
    follower_id: int
    followee_id: int


@dataclass(frozen=True, kw_only=True)
class UserBlocked(Event):
    blocker_id: int
    blocked_id: int


@dataclass(frozen=True, kw_only=True)
class UserUnblocked(Event):
    blocker_id: int
    blocked_id: int


@dataclass(frozen=True, kw_only=True)
class MuteChanged(Event):
    muter_id: int
    muted_id: int


@dataclass(frozen=True, kw_only=True)
class PrivacyChanged(Event):
    """Somebody's posts are open to other people than before."""

    user_id: int


@dataclass(frozen=True, kw_only=True)
class ActivityShown(Event):
    """Somebody shows when they are there, or does not any more, and so sees nobody's."""

    user_id: int


@dataclass(frozen=True, kw_only=True)
class StatusChosen(Event):
    """Somebody chose what they are shown as while they are there."""

    user_id: int


@dataclass(frozen=True, kw_only=True)
class AcquaintanceChanged(Event):
    """A conversation was accepted or deleted: its members may know otherwise of each other."""

    member_ids: list[int]


@dataclass(frozen=True, kw_only=True)
class UserSuspended(Event):
    """Shut out, or let in again: caches show things of somebody who is hidden, or miss them."""

    user_id: int
    username: str


@dataclass(frozen=True, kw_only=True)
class ImagesAccepted(Event):
    """Images wait in the incoming area to be processed, one job each."""

    media_ids: list[int]


@dataclass(frozen=True, kw_only=True)
class ImageProcessed(Event):
    post_id: int
    author_id: int
    done: int
    total: int


@dataclass(frozen=True, kw_only=True)
class PostPublished(Event):
    """The post became visible to its readers."""

    publication_id: int
    post_id: int
    author_id: int
    username: str
    delivery: str
    audience: int
    had_images: bool


@dataclass(frozen=True, kw_only=True)
class PostFailed(Event):
    post_id: int
    author_id: int
    errors: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class PostEdited(Event):
    """`named` are the people whom its text named not before."""

    post_id: int
    publication_id: int | None
    author_id: int
    named: list[int]


@dataclass(frozen=True, kw_only=True)
class PostDeleted(Event):
    post_id: int
    publication_id: int | None
    author_id: int


@dataclass(frozen=True, kw_only=True)
class MediaOrphaned(Event):
    """These stored objects and incoming files belong to nothing any more."""

    names: list[str]
    incoming: list[str]


@dataclass(frozen=True, kw_only=True)
class CommentCreated(Event):
    """A comment or, with `parent_id`, a reply; `is_public` is false on a post not yet published."""

    comment_id: int
    post_id: int
    parent_id: int | None
    is_public: bool


@dataclass(frozen=True, kw_only=True)
class CommentEdited(Event):
    """`named` are the people whom its text named not before."""

    comment_id: int
    post_id: int
    is_public: bool
    named: list[int]


@dataclass(frozen=True, kw_only=True)
class CommentDeleted(Event):
    """Its replies went with it: `reply_ids`."""

    comment_id: int
    post_id: int
    parent_id: int | None
    reply_ids: list[int]


@dataclass(frozen=True, kw_only=True)
class LikesChanged(Event):
    """Rows of likes came or went; `subject` is `post` or `comment`, pairs are (subject, person)."""

    subject: str
    pairs: list[tuple[int, int]]


@dataclass(frozen=True, kw_only=True)
class LikesShown(Event):
    """Every cache says what SQL says of these likes: their counts can be pushed to who watches."""

    subject: str
    ids: list[int]


@dataclass(frozen=True, kw_only=True)
class LikesErased(Event):
    """The likes of a person who left are gone from these posts or comments."""

    subject: str
    ids: list[int]
    user_id: int


@dataclass(frozen=True, kw_only=True)
class NotificationsChanged(Event):
    """Somebody saw, read or deleted notifications: their other tabs and devices follow.

    `deleted` are ids of rows that are gone from the list.
    """

    recipient_id: int
    deleted: list[int]


@dataclass(frozen=True, kw_only=True)
class NotificationsCleared(Event):
    """Somebody deletes all up to a rank, which are more than one unit takes: the rest follows."""

    recipient_id: int
    rank: int


@dataclass(frozen=True, kw_only=True)
class MessageStored(Event):
    """A message is there, or is what it was not before: sent, its picture ready or failed."""

    message_id: int
    member_ids: list[int]


@dataclass(frozen=True, kw_only=True)
class TextSent(Event):
    """A message without a picture or a card was stored just now, for whom its sender may write to.

    `said` is the message as its sender sees it: nothing has to be read to tell both sides.
    """

    said: Message
    sender_id: int
    member_ids: list[int]


@dataclass(frozen=True, kw_only=True)
class MessageUnsent(Event):
    message_id: int
    member_ids: list[int]


@dataclass(frozen=True, kw_only=True)
class MessagesRead(Event):
    """A member of a conversation has read up to this number of it."""

    conversation_id: int
    reader_id: int
    up_to: int
    member_ids: list[int]


@dataclass(frozen=True, kw_only=True)
class ConversationChanged(Event):
    """Somebody accepted or deleted a conversation of theirs: their other devices follow."""

    conversation_id: int
    user_id: int


@dataclass(frozen=True, kw_only=True)
class PictureUploaded(Event):
    """A picture for a message that is not sent yet."""

    media_id: int


@dataclass(frozen=True, kw_only=True)
class MessageTyped(Event):
    """Somebody is writing to somebody; nothing is stored of it."""

    writer_id: int
    reader_id: int


@dataclass(frozen=True, kw_only=True)
class PartnerLeft(Event):
    """Somebody in a conversation left, was shut out, or is let in again."""

    conversation_id: int
    user_id: int


@dataclass(frozen=True, kw_only=True)
class StoryPublished(Event):
    """A story is shown from now on, for a day."""

    story_id: int
    author_id: int
    username: str
    had_image: bool


@dataclass(frozen=True, kw_only=True)
class StoryProcessed(Event):
    """An author's queue moved; `shown` are those that it let go."""

    author_id: int
    shown: list[int]


@dataclass(frozen=True, kw_only=True)
class StoryFailed(Event):
    """Its picture cannot be read; `code` is why."""

    story_id: int
    author_id: int
    code: str


@dataclass(frozen=True, kw_only=True)
class StoryWithdrawn(Event):
    """Nobody sees it any more: it was deleted, or its day is over."""

    story_id: int
    author_id: int


@dataclass(frozen=True, kw_only=True)
class StoryRingChanged(Event):
    """Its author deleted a story that was shown. When one ends, pages know by themselves."""

    author_id: int
    username: str


@dataclass(frozen=True, kw_only=True)
class StoryViewsChanged(Event):
    """Rows of (story, viewer) were inserted or deleted."""

    pairs: list[tuple[int, int]]


@dataclass(frozen=True, kw_only=True)
class StoryViewsShown(Event):
    """Every cache counts the views of these stories as SQL does."""

    ids: list[int]
