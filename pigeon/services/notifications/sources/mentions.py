"""Somebody was named in a post, a comment or a reply; posts and comments announce it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from pigeon.services.notifications.source import (
    Filter,
    Forms,
    Setting,
    Source,
    gettext,
    lead_to_subject,
)

OF_ME = Setting(name="mention", title=gettext("Mentions of you"))
MENTIONS_TAB = Filter(name="mentions", title=gettext("Mentions"))
MENTION = Source(
    kind="mention",
    sentences={
        "post": Forms(one=gettext("%(name)s mentioned you in a post")),
        "comment": Forms(one=gettext("%(name)s mentioned you in a comment")),
        "reply": Forms(one=gettext("%(name)s mentioned you in a comment")),
    },
    target=lead_to_subject,
    setting=OF_ME,
    filter=MENTIONS_TAB,
)


def still_named(people: Collection[int], named: Sequence[int]) -> list[int]:
    """Those of `people`, whom an edit named, whom the text still names when its job runs."""
    return [person for person in named if person in people]
