"""May this viewer see, or do, this? Every reader asks here, and nobody else knows the rules.

`viewers` says who asks, and how they stand to other people. `users`, `posts`, `comments` and
`media` have one rule each in three forms that stand side by side, because they must say the same:
a check of one cached card, `visible` for a batch of them, and `where` as a condition of SQL; a test
holds them against each other. What is cached for everybody is loaded by a condition that names no
viewer, such as `users.is_active()`.

`messages` and `presence` have no condition of SQL: a conversation may be kept elsewhere. `stories`
ask the clock at every reading: a story is seen by who sees its author's posts, until it ends.
"""

from pigeon.services.access import (
    comments,
    media,
    messages,
    posts,
    presence,
    stories,
    users,
    viewers,
)
from pigeon.services.access.viewers import Who, stranger, viewer, writer

__all__ = [
    "Who",
    "comments",
    "media",
    "messages",
    "posts",
    "presence",
    "stories",
    "stranger",
    "users",
    "viewer",
    "viewers",
    "writer",
]
