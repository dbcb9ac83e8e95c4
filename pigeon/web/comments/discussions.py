"""What is said under a post, as its page draws it: from the oldest to the newest."""

from __future__ import annotations

from dataclasses import dataclass, field

from pigeon.domain.comments import Comment
from pigeon.domain.errors import NotFound
from pigeon.domain.page import Page, PageRequest
from pigeon.services.access import Who
from pigeon.services.comments import comments
from pigeon.web.forms import Form


@dataclass(frozen=True, kw_only=True)
class Discussion:
    """Top comments of one page, oldest first.

    `earlier` is the cursor of the page before, `later` whether newer ones are left out;
    `open_replies` has a page of replies, oldest first, by the id of their comment. `form` keeps
    what was typed and refused, for the post or, with `reply_to`, as an answer to that comment.
    """

    comments: list[Comment]
    earlier: str | None
    later: bool = False
    open_replies: dict[str, Page[Comment]] = field(default_factory=dict)
    reply_to: Comment | None = None
    form: Form = field(default_factory=Form)


def of_post(
    post_id: int,
    who: Who,
    request: PageRequest | None = None,
    form: Form | None = None,
) -> Discussion:
    """The newest page, or the one that was asked for."""
    asked = request or PageRequest(kind=comments.comments_kind(post_id), limit=comments.SHOWN)
    page = comments.list_of_post(post_id, who, asked)
    return Discussion(
        comments=page.items[::-1],
        earlier=page.next,
        later=asked.before is not None,
        form=form or Form(),
    )


def around(comment_id: int, who: Who) -> Discussion:
    """The page that holds a comment; a reply's thread is open at its page. NotFound."""
    found = comments.around(comment_id, who)
    opened = {}
    if found.opened is not None and found.replies is not None:
        opened[str(found.opened)] = oldest_first(found.replies)
    return Discussion(
        comments=found.top.items[::-1],
        earlier=found.top.next,
        later=not found.is_newest,
        open_replies=opened,
    )


def find_around(post_id: int, comment_id: int | None, who: Who) -> Discussion:
    """As `around`; the newest page when the comment is gone, or is another post's."""
    if comment_id is not None:
        try:
            comment = comments.get(comment_id, who)
            if comment.post_id == str(post_id):
                return around(comment_id, who)
        except NotFound:
            pass
    return of_post(post_id, who)


def with_thread(
    comment: Comment,
    who: Who,
    request: PageRequest | None = None,
    form: Form | None = None,
) -> Discussion:
    """The page that holds a comment or reply, its thread open and ready for an answer to it."""
    base = around(int(comment.id), who)
    opened = dict(base.open_replies)
    if comment.parent_id is None:
        asked = request or PageRequest(
            kind=comments.replies_kind(int(comment.id)), limit=comments.SHOWN
        )
        page = comments.list_replies(int(comment.id), who, asked)
        opened[comment.id] = oldest_first(page)
    return Discussion(
        comments=base.comments,
        earlier=base.earlier,
        later=base.later,
        open_replies=opened,
        reply_to=comment,
        form=form or Form(),
    )


def oldest_first(page: Page[Comment]) -> Page[Comment]:
    return Page(items=page.items[::-1], next=page.next)


def people_of(discussion: Discussion) -> list[str]:
    """The ids of everybody who says something in it."""
    opened = [reply for page in discussion.open_replies.values() for reply in page.items]
    return [comment.author.id for comment in (*discussion.comments, *opened)]
