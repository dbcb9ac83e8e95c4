"""Likes of posts and comments: set, never toggled; written back through the journal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pigeon.cache import write_back
from pigeon.cache.write_back_entries import Entry
from pigeon.crash_points import crash_point
from pigeon.domain.clock import utc_now
from pigeon.domain.events import LikesErased
from pigeon.domain.likes import Liked, LikeViewer
from pigeon.services import access, counts
from pigeon.services.comments import cards as comment_cards
from pigeon.services.likes import pairs
from pigeon.services.posts import cards as post_cards
from pigeon.services.write_backs import flusher, kinds
from pigeon.services.write_backs.pairs import Pairs
from pigeon.unit_of_work import retried, unit_of_work

ERASED_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Kind:
    """`check` raises NotFound for a target that the person may not see."""

    pairs: Pairs
    check: Callable[[int, int], None]

    @property
    def name(self) -> str:
        return self.pairs.name


def set_liked(kind: Kind, target_id: int, *, by: int, on: bool) -> Liked:
    """Like or unlike; again is fine. The count includes it. NotFound, Unavailable."""
    kind.check(by, target_id)
    write = _journal if kinds.is_journalled(kind.name) else _write_through
    like_count = write(kind, target_id, by, int(on))
    return Liked(id=str(target_id), like_count=like_count, viewer=LikeViewer(liked=on))


def _journal(kind: Kind, target_id: int, by: int, value: int) -> int:
    like_count = write_back.append(
        kind.name, by, target_id, value, lambda: kind.pairs.look(by, target_id)
    )
    crash_point("like.journalled")
    return like_count


def _write_through(kind: Kind, target_id: int, by: int, value: int) -> int:
    milliseconds = int(utc_now().timestamp() * 1000)
    flusher.write_through(Entry(f"{milliseconds}-0", kind.name, by, target_id, value))
    return kind.pairs.count(target_id)


# -- reading -----------------------------------------------------------------------------------


def among(kind: Kind, viewer_id: int, ids: Sequence[int]) -> set[int]:
    """Those of `ids` that the viewer likes: as journalled, else as cached, else as stored.

    The journal is read first: what a flush takes out of it meanwhile is stored by then.
    """
    waiting = counts.pending(kind.name, viewer_id, ids).values
    rest = [target_id for target_id in ids if target_id not in waiting]
    liked = {target_id for target_id, value in waiting.items() if value}
    return liked | kind.pairs.flags.among(viewer_id, rest)


# -- kinds -------------------------------------------------------------------------------------


def _check_post(viewer_id: int, post_id: int) -> None:
    viewer = access.viewer(viewer_id)
    access.posts.check_sees(viewer, post_cards.find(post_id, viewer))


def _check_comment(viewer_id: int, comment_id: int) -> None:
    comment_cards.get(comment_id, viewer_id)


POSTS = Kind(pairs=pairs.POSTS, check=_check_post)
COMMENTS = Kind(pairs=pairs.COMMENTS, check=_check_comment)
KINDS = {kind.name: kind for kind in (POSTS, COMMENTS)}


def erase_some(user_id: int) -> bool:
    """Remove some likes of a person who left; False when none is left."""
    erased = [_erase(kind, user_id) for kind in KINDS.values()]
    return any(erased)


@retried
def _erase(kind: Kind, user_id: int) -> bool:
    with unit_of_work() as uow:
        targets = kind.pairs.erase_some(user_id, ERASED_AT_ONCE)
        if targets:
            uow.after_commit(lambda: kind.pairs.drop(targets, [user_id]))
            uow.record(LikesErased(subject=kind.name, ids=targets, user_id=user_id))
    return bool(targets)


def evict(subject: str, ids: list[int], people: list[int]) -> None:
    """Let no cache say anything of these likes: should a process die between commit and caches."""
    KINDS[subject].pairs.drop(ids, people)
