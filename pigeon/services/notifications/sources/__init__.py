"""Every kind of notification that this process knows: one module a feature, one table.

A module holds its kinds' `Source` and the announcements that notify people of them. A row of a
kind that is not here was written by a newer process: it is listed in neutral words.
"""

from __future__ import annotations

from pigeon.domain.notifications import Content
from pigeon.services.notifications.source import Filter, Setting, Source
from pigeon.services.notifications.sources import comments, follows, likes, mentions, posts

SOURCES: dict[str, Source] = {
    source.kind: source
    for source in (
        comments.REPLY,
        comments.COMMENT,
        mentions.MENTION,
        posts.POST,
        likes.LIKE,
        follows.FOLLOW,
        follows.FOLLOW_REQUEST,
        follows.FOLLOW_ACCEPTED,
    )
}
"""By kind; cursors of narrowed lists name the kinds in this order."""
KINDS = tuple(SOURCES)
SETTINGS: tuple[Setting, ...] = (
    comments.ON_MY_POSTS,
    comments.TO_MY_COMMENTS,
    likes.LIKES,
    mentions.OF_ME,
    follows.NEW_FOLLOWERS,
    posts.BELLS,
)
"""In the order of the settings form; each is a field of `Notify`."""
FILTERS: tuple[Filter, ...] = (
    comments.COMMENTS_TAB,
    follows.FOLLOWS_TAB,
    mentions.MENTIONS_TAB,
    likes.LIKES_TAB,
)
"""In the order of the tabs."""


def find(content: Content) -> Source | None:
    """The source that has a sentence for this content; None for what a newer process wrote."""
    source = SOURCES.get(content.kind)
    return source if source and content.subject_kind in source.sentences else None


def kinds_of(tab: Filter) -> tuple[str, ...]:
    """The kinds that a tab shows."""
    return tuple(source.kind for source in SOURCES.values() if source.filter == tab)
