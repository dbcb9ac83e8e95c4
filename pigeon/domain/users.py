"""People as others see them: the objects of the contract, and the card that caches keep."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

ACTIVE = "active"
"""The state of who is there."""
SUSPENDED = "suspended"
"""Shut out by the operator until further notice: for others they and their things do not exist."""
WITHDRAWN = "withdrawn"
"""Gone for good; the row stays until everything of theirs is erased."""


AVATAR_SIDES = (64, 128, 256, 512)
"""Of the squares that are made of every avatar."""


def avatar_url(name: str | None) -> str | None:
    """Where the square picture is that belongs to the random `name` of an avatar."""
    return f"/media/{name}-s256.webp" if name else None


def avatar_widths(url: str) -> str:
    """Every square of an avatar with its width, as a `srcset` says it."""
    return ", ".join(f"{url.replace('-s256.', f'-s{side}.')} {side}w" for side in AVATAR_SIDES)


@dataclass(frozen=True, kw_only=True)
class UserRef:
    id: str
    username: str
    display_name: str
    avatar_url: str | None


@dataclass(frozen=True, kw_only=True)
class UserCard:
    """What is the same for every viewer of a person; the shape that the cache holds."""

    id: int
    username: str
    display_name: str
    avatar: str | None
    bio: str
    pronouns: str
    link: str | None
    is_private: bool
    created_at: datetime
    is_discoverable: bool = True
    """Of an entry cached by an earlier release nothing is known: as everybody is at first."""

    @property
    def ref(self) -> UserRef:
        return UserRef(
            id=str(self.id),
            username=self.username,
            display_name=self.display_name,
            avatar_url=avatar_url(self.avatar),
        )


@dataclass(frozen=True, kw_only=True)
class UserCounts:
    post_count: int = 0
    follower_count: int = 0
    following_count: int = 0


@dataclass(frozen=True, kw_only=True)
class Mutuals:
    count: int
    users: list[UserRef]


@dataclass(frozen=True, kw_only=True)
class RowViewer:
    is_self: bool
    follows_me: bool
    follow: str
    mutuals: Mutuals | None


@dataclass(frozen=True, kw_only=True)
class UserRow(UserRef):
    viewer: RowViewer | None


@dataclass(frozen=True, kw_only=True)
class UserViewer(RowViewer):
    bell: bool
    may_see_posts: bool
    may_message: bool
    muted: list[str]
    story: str


@dataclass(frozen=True, kw_only=True)
class User(UserRef):
    bio: str
    pronouns: str
    link: str | None
    is_private: bool
    post_count: int
    follower_count: int
    following_count: int
    viewer: UserViewer | None


@dataclass(frozen=True, kw_only=True)
class Notify:
    comment: str = "everyone"
    reply: str = "everyone"
    like: str = "everyone"
    mention: str = "everyone"
    post: str = "everyone"
    follow: str = "everyone"


@dataclass(frozen=True, kw_only=True)
class Unread:
    messages: int = 0
    notifications: int = 0


@dataclass(frozen=True, kw_only=True)
class AvatarError:
    code: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Avatar:
    """What became of the last picture that somebody sent of themselves.

    `state` is `none`, `processing`, `ready` or `failed`; `message` is "" until it is shown.
    """

    state: str
    error: AvatarError | None


@dataclass(frozen=True, kw_only=True)
class Me(User):
    """A person to themselves: the only object with an address or a setting in it."""

    avatar: Avatar
    email: str
    pending_email: str | None
    has_password: bool
    role: str
    status: str
    language: str
    theme: str
    time_zone: str
    is_discoverable: bool
    shows_activity: bool
    sends_receipts: bool
    saves_searches: bool
    messages_from: str
    notify: Notify
    unread: Unread = field(default_factory=Unread)


@dataclass(frozen=True, kw_only=True)
class Suggestion(UserRow):
    reason: str


@dataclass(frozen=True, kw_only=True)
class UserHit:
    user: UserRow
    kind: str = "user"
