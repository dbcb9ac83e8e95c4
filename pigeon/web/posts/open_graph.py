"""What other sites show of a public page when somebody links to it."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from pigeon.domain.posts import Image, Post
from pigeon.domain.users import UserCard
from pigeon.extensions import settings
from pigeon.services import access
from pigeon.services.access.viewers import Viewer
from pigeon.services.users.cards import cards

DESCRIPTION = 200


@dataclass(frozen=True, kw_only=True)
class OpenGraph:
    """`url` and `image` are absolute; `kind` is `profile` or `article`."""

    kind: str
    title: str
    description: str
    url: str
    image: str | None
    image_alt: str


def card_of_user(user: UserCard) -> OpenGraph | None:
    """The card of a profile; None when strangers may not read it or are not to discover it."""
    if not (settings().public_reading and access.users.may_see_posts_of(access.stranger(), user)):
        return None
    if not user.is_discoverable:
        return None
    name = user.display_name or user.username
    picture = user.ref.avatar_url
    return OpenGraph(
        kind="profile",
        title=f"{name} (@{user.username})",
        description=_short(user.bio) or f"@{user.username}",
        url=_absolute(f"/u/{user.username}"),
        image=_absolute(picture) if picture else None,
        image_alt=name,
    )


def card_of_post(post: Post, viewer: Viewer) -> OpenGraph | None:
    """The card of a post that a viewer reads; None as for the profile of its author."""
    stranger = access.stranger(beside=viewer)
    if not (settings().public_reading and access.posts.may_see(stranger, post)):
        return None
    author = cards.one(int(post.author.id))
    if author is None or not author.is_discoverable:
        return None
    name = post.author.display_name or post.author.username
    image = post.images[0] if post.images else None
    alt = image.alt if image else ""
    return OpenGraph(
        kind="article",
        title=_("Post by %(name)s", name=name),
        description=_short(post.caption) or alt or f"@{post.author.username}",
        url=_absolute(post.href),
        image=_absolute(_picture(image)) if image else None,
        image_alt=alt,
    )


def _picture(image: Image) -> str:
    """A JPEG where there is one: not every site reads WebP."""
    jpegs = [variant.url for variant in image.variants if variant.type == "image/jpeg"]
    return jpegs[-1] if jpegs else image.url or ""


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= DESCRIPTION else f"{line[: DESCRIPTION - 1]}…"


def _absolute(path: str) -> str:
    return f"{settings().public_url}{path}"
