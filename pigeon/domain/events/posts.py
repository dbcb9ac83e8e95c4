"""Events of posts and their pictures."""

from __future__ import annotations

from dataclasses import dataclass

from pigeon.domain.events.base import Event


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
