"""The objects of the contract, written down a second time by hand: what programs hold on to.

A shape is a type, a predicate, `[shape]` for a list of any length, a dict of exactly these fields,
or `maybe(shape)`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

Shape = Any
ZULU = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def maybe(shape: Shape) -> Callable[[Any], Iterator[str]]:
    return lambda value: iter(()) if value is None else faults(value, shape)


def one_of(*choices: str) -> Callable[[Any], bool]:
    return lambda value: value in choices


def identifier(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def time(value: Any) -> bool:
    """ISO 8601 in UTC, with a Z."""
    if not isinstance(value, str) or not ZULU.fullmatch(value):
        return False
    return datetime.fromisoformat(value).tzinfo == UTC


def address(value: Any) -> bool:
    """A path or an absolute URL."""
    return isinstance(value, str) and value.startswith(("/", "https://", "http://"))


def color(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"#[0-9a-f]{6}", value) is not None


def count(value: Any) -> bool:
    return type(value) is int and value >= 0


def faults(value: Any, shape: Shape, place: str = "$") -> Iterator[str]:
    """What is wrong with a value, with its place; nothing when it fits."""
    if isinstance(shape, dict):
        yield from _object_faults(value, shape, place)
    elif isinstance(shape, list):
        if not isinstance(value, list):
            yield f"{place} is no list"
            return
        for number, item in enumerate(value):
            yield from faults(item, shape[0], f"{place}[{number}]")
    elif isinstance(shape, type):
        if type(value) is not shape:
            yield f"{place} is {value!r}, no {shape.__name__}"
    else:
        found = shape(value)
        if found is False:
            yield f"{place} is {value!r}"
        elif found is not True:
            yield from (fault.replace("$", place, 1) for fault in found)


def _object_faults(value: Any, shape: dict[str, Shape], place: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{place} is no object"
        return
    for name in sorted(shape.keys() ^ value.keys()):
        yield f"{place}.{name} is {'missing' if name in shape else 'not in the contract'}"
    for name in shape.keys() & value.keys():
        yield from faults(value[name], shape[name], f"{place}.{name}")


def page_of(shape: Shape) -> Shape:
    return {"items": [shape], "next": maybe(str)}


FIELD = {"code": str, "message": str, "limit": maybe(int)}
ERROR = {
    "error": {
        "code": str,
        "message": str,
        "fields": lambda value: (
            f
            for name, entry in value.items()
            for f in (*faults(name, str), *faults(entry, FIELD, f"$.{name}"))
        ),
    }
}
USER_REF = {
    "id": identifier,
    "username": str,
    "display_name": str,
    "avatar_url": maybe(address),
}
ROW_VIEWER = {
    "is_self": bool,
    "follows_me": bool,
    "follow": one_of("none", "requested", "following"),
    "mutuals": maybe({"count": count, "users": [USER_REF]}),
}
USER_ROW = USER_REF | {"viewer": maybe(ROW_VIEWER)}
SUGGESTION = USER_ROW | {"reason": one_of("mutuals", "popular")}
USER_VIEWER = ROW_VIEWER | {
    "bell": bool,
    "may_see_posts": bool,
    "may_message": bool,
    "muted": [one_of("posts", "stories", "chat")],
    "story": one_of("none", "seen", "unseen"),
}
USER = USER_REF | {
    "bio": str,
    "pronouns": str,
    "link": maybe(address),
    "is_private": bool,
    "post_count": count,
    "follower_count": count,
    "following_count": count,
    "viewer": maybe(USER_VIEWER),
}
SOURCE = one_of("everyone", "following", "off")
ME = USER | {
    "avatar": {
        "state": one_of("none", "processing", "ready", "failed"),
        "error": maybe({"code": str, "message": str}),
    },
    "email": str,
    "pending_email": maybe(str),
    "has_password": bool,
    "role": one_of("user", "moderator", "admin"),
    "status": one_of("available", "busy", "invisible"),
    "language": one_of("ko", "en"),
    "theme": one_of("system", "light", "dark"),
    "time_zone": str,
    "is_discoverable": bool,
    "shows_activity": bool,
    "sends_receipts": bool,
    "saves_searches": bool,
    "messages_from": one_of("everyone", "following"),
    "notify": dict.fromkeys(("comment", "reply", "like", "mention", "post", "follow"), SOURCE),
    "unread": {"messages": count, "notifications": count},
}
IMAGE = {
    "id": identifier,
    "state": one_of("processing", "ready", "failed"),
    "width": count,
    "height": count,
    "alt": str,
    "color": maybe(color),
    "url": maybe(address),
    "thumb_url": maybe(address),
    "variants": [
        {
            "width": count,
            "height": count,
            "type": one_of("image/webp", "image/jpeg"),
            "url": address,
        }
    ],
    "error": maybe({"code": str, "message": lambda value: isinstance(value, str) and value != ""}),
}
POST = {
    "id": identifier,
    "author": USER_REF,
    "href": address,
    "state": one_of("processing", "published", "failed"),
    "caption": str,
    "mentions": [USER_REF],
    "tags": [str],
    "images": [IMAGE],
    "like_count": count,
    "comment_count": count,
    "comments_open": bool,
    "created_at": time,
    "published_at": maybe(time),
    "edited_at": maybe(time),
    "viewer": maybe(
        {
            "is_author": bool,
            "liked": bool,
            "saved": bool,
            "may_comment": bool,
            "liked_by": [USER_REF],
        }
    ),
}
COMMENT = {
    "id": identifier,
    "post_id": identifier,
    "author": USER_REF,
    "href": address,
    "parent_id": maybe(identifier),
    "text": lambda value: isinstance(value, str) and value.strip() == value != "",
    "mentions": [USER_REF],
    "tags": [str],
    "like_count": count,
    "reply_count": count,
    "created_at": time,
    "edited_at": maybe(time),
    "viewer": maybe({"is_author": bool, "liked": bool, "may_delete": bool}),
}
LIKED = {"id": identifier, "like_count": count, "viewer": {"liked": bool}}
NOTIFICATION = {
    "id": identifier,
    "kind": one_of(
        "reply",
        "comment",
        "mention",
        "post",
        "like",
        "follow",
        "follow_request",
        "follow_accepted",
    ),
    "actors": lambda value: len(value) <= 3 and not list(faults(value, [USER_REF])),
    "actor_count": count,
    "message": lambda value: isinstance(value, str) and value != "",
    "excerpt": lambda value: isinstance(value, str) and len(value) <= 120,
    "subject": {
        "kind": one_of("post", "comment", "reply", "user"),
        "id": identifier,
        "post_id": maybe(identifier),
    },
    "href": lambda value: isinstance(value, str) and re.match(r"/(?!/)", value) is not None,
    "thumb_url": maybe(address),
    "is_available": bool,
    "created_at": time,
    "seen": bool,
    "read": bool,
}
UNREAD = {"unseen": count, "unread": count}
USERNAME = re.compile(r"[a-z0-9._]{3,30}|deleted-[1-9][0-9]*")


def username(value: Any) -> bool:
    """Of somebody, or of who withdrew."""
    return isinstance(value, str) and USERNAME.fullmatch(value) is not None


def number_of_a_message(value: Any) -> bool:
    return type(value) is int and value >= 1


def part(value: Any) -> bool:
    """A place on the stage."""
    return type(value) in (int, float) and 0 <= value <= 1


STORY = {
    "id": identifier,
    "author": USER_REF,
    "state": one_of("processing", "published", "failed"),
    "text": lambda value: isinstance(value, str) and len(value) <= 250,
    "alt": str,
    "text_style": {
        "x": part,
        "y": part,
        "size": one_of("s", "m", "l"),
        "color": color,
        "background": maybe(color),
    },
    "image": maybe(IMAGE),
    "published_at": maybe(time),
    "expires_at": maybe(time),
    "viewer": maybe({"is_author": bool, "seen": bool, "view_count": maybe(count)}),
}
TRAY_ITEM = {
    "user": USER_REF,
    "is_self": bool,
    "story_count": count,
    "unseen_count": count,
    "latest_at": time,
}
STORY_VIEW = {
    "user": USER_ROW,
    "viewed_at": time,
    "reaction": maybe(one_of("❤️", "😂", "😮", "😢", "👏", "🔥")),
}
CARD = {
    "id": identifier,
    "available": bool,
    "author": maybe(USER_REF),
    "thumb_url": maybe(address),
    "text": lambda value: isinstance(value, str) and len(value) <= 120,
}
MESSAGE = {
    "id": identifier,
    "chat_id": identifier,
    "seq": number_of_a_message,
    "from": username,
    "to": username,
    "text": str,
    "image": maybe(IMAGE),
    "post": maybe(CARD),
    "story": maybe(CARD),
    "is_reaction": bool,
    "is_deleted": bool,
    "sent_at": time,
    "client_msg_id": maybe(identifier),
}
PRESENCE = {
    "username": username,
    "status": one_of("available", "busy", "away", "offline"),
    "last_active_at": maybe(time),
}
CHAT = {
    "id": identifier,
    "with": USER_ROW,
    "presence": PRESENCE,
    "last_message": maybe(MESSAGE),
    "unread_count": count,
    "read_up_to": count,
    "their_read_up_to": maybe(count),
    "request": one_of("none", "incoming", "outgoing"),
    "is_muted": bool,
    "may_send": bool,
}
READING = {"chat_id": identifier, "with": username, "up_to": count, "count": count, "total": count}
PARTNER = USER_ROW | {"presence": PRESENCE}
TAG_HIT = {"kind": one_of("tag"), "tag": str, "post_count": count}
USER_HIT = {"kind": one_of("user"), "user": USER_ROW}
SEARCH_ENTRY = {
    "id": identifier,
    "kind": one_of("query", "user"),
    "q": str,
    "user": maybe(USER_ROW),
    "searched_at": time,
}
SAVED = {"id": identifier, "viewer": {"saved": bool}}
