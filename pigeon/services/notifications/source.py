"""What a kind of notification is made of. Each kind is one `Source` in a module of `sources/`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pigeon.domain import comments, limits, text
from pigeon.domain.comments import CommentCard
from pigeon.domain.notifications import Content, Subject
from pigeon.domain.posts import PostCard
from pigeon.domain.users import UserRef
from pigeon.services.notifications.contents import Occasion

LIST = "/notifications"
"""A place that is safe to lead to when there is no better one."""


def gettext(sentence: str) -> str:
    """Mark a sentence for translators; it is translated when the reader is known."""
    return sentence


def ngettext(singular: str, plural: str) -> tuple[str, str]:
    """As `gettext`, for what is counted."""
    return singular, plural


@dataclass(frozen=True, kw_only=True)
class Forms:
    """A sentence for each size of a group; `more` is its singular and its plural."""

    one: str
    two: str = ""
    more: tuple[str, str] = ("", "")


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A row of the settings form; `name` is a field of `Me.notify`.

    A reader chooses `everyone`, `following` or `off`; a switch has no `following`.
    """

    name: str
    title: str
    is_switch: bool = False


@dataclass(frozen=True, kw_only=True)
class Filter:
    """A tab of the page that narrows the list to the kinds that name it."""

    name: str
    title: str


@dataclass(frozen=True, kw_only=True)
class View:
    """A content as its recipient sees it: what is gone or hidden from them is None."""

    content: Content
    actors: list[UserRef]
    post: PostCard | None
    comment: CommentCard | None


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where a notification leads; what is gone has no words and no picture."""

    subject: Subject
    href: str
    excerpt: str = ""
    thumb_url: str | None = None
    is_available: bool = True


Present = Callable[[Occasion, list[int]], Sequence[int]]
"""Those of the given people who do it now (like, follow), in the order in which they began."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """A kind: its sentences by kind of subject, where it leads, and what turns it off.

    A kind with `present` is grouped: people who do the same join one row while it is unseen.
    A kind without `setting` cannot be turned off; one without `filter` has no tab.
    """

    kind: str
    sentences: Mapping[str, Forms]
    target: Callable[[View], Target]
    present: Present | None = None
    setting: Setting | None = None
    filter: Filter | None = None


# -- targets -----------------------------------------------------------------------------------


def lead_to_post(view: View) -> Target:
    post = view.post
    return _target(view, f"/p/{view.content.subject_id}", post.caption if post else None)


def lead_to_comment(view: View) -> Target:
    href = comments.href_of(view.content.post_id or 0, view.content.subject_id)
    return _target(view, href, view.comment.text if view.comment else None)


def lead_to_subject(view: View) -> Target:
    """The post, or the comment or reply, that it is about."""
    lead = lead_to_post if view.content.subject_kind == "post" else lead_to_comment
    return lead(view)


def lead_to_actor(view: View) -> Target:
    """The newest person in it; when nobody is left there is only the list."""
    if not view.actors:
        gone = Subject(kind="user", id=str(view.content.subject_id), post_id=None)
        return Target(subject=gone, href=LIST, is_available=False)
    newest = view.actors[0]
    subject = Subject(kind="user", id=newest.id, post_id=None)
    return Target(subject=subject, href=f"/u/{newest.username}")


def lead_to_requests(view: View) -> Target:
    """Where it is answered; as long as who asks is there."""
    who = view.actors[0].id if view.actors else str(view.content.subject_id)
    subject = Subject(kind="user", id=who, post_id=None)
    return Target(subject=subject, href=LIST, is_available=bool(view.actors))


def lead_to_list(reader_id: int) -> Target:
    """For a content that this process does not understand: the list of its reader."""
    return Target(subject=Subject(kind="user", id=str(reader_id), post_id=None), href=LIST)


def _target(view: View, href: str, words: str | None) -> Target:
    content, post = view.content, view.post
    subject = Subject(
        kind=content.subject_kind, id=str(content.subject_id), post_id=str(content.post_id)
    )
    if post is None or words is None:
        return Target(subject=subject, href=href, is_available=False)
    return Target(
        subject=subject,
        href=href,
        excerpt=text.excerpt(words, limits.EXCERPT),
        thumb_url=post.images[0].thumb_url if post.images else None,
    )
