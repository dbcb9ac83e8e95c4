"""The life of the demo: bells, comments, likes, relations, and what everybody was told of them.

Written as rows in one transaction, with their times in the past: thousands of commands would take
minutes of a first start, and tell people of everything today.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from pigeon.cache.write_back_entries import Entry
from pigeon.demo import discussions
from pigeon.demo.discussions import DemoComment, DemoLike, Place
from pigeon.demo.people import BELLS, FOLLOWED_HOURS_AGO, PEOPLE, POSTS
from pigeon.demo.seeds import notifications, relations
from pigeon.domain import text
from pigeon.domain.clock import utc_now
from pigeon.extensions import db
from pigeon.models import CommentMention, CommentModel, FollowModel, PostModel, UserModel
from pigeon.services import access, counts
from pigeon.services.comments import cards as comment_cards
from pigeon.services.likes import likes
from pigeon.unit_of_work import UnitOfWork, retried, unit_of_work


def is_missing() -> bool:
    return db.session.scalar(select(CommentModel.id).limit(1)) is None


@retried
def fill() -> None:
    """Let everybody talk; the people and posts of the demo are there."""
    with unit_of_work() as uow:
        people = _people()
        posts = _posts(people)
        _date_follows(people)
        comments = _say(uow, people, posts)
        _like(uow, [*_post_likes(people, posts), *_comment_likes(people, posts, comments)])
        relations.fill(uow, people)
        notifications.fill(uow)


def _people() -> dict[str, int]:
    names = [person.username for person in PEOPLE]
    rows = db.session.execute(
        select(UserModel.username, UserModel.id).where(UserModel.username.in_(names))
    )
    return {row[0]: row[1] for row in rows}


def _posts(people: dict[str, int]) -> dict[Place, PostModel]:
    """The posts by their places; what was edited or deleted meanwhile is left out."""
    published = select(PostModel).where(access.posts.is_published())
    found = {(row.author_id, row.caption): row for row in db.session.scalars(published)}
    return {
        (post.username, post.hours_ago): row
        for post in POSTS
        if (row := found.get((people.get(post.username, 0), post.caption)))
    }


def _date_follows(people: dict[str, int]) -> None:
    now = utc_now()
    for (follower, followed), hours_ago in FOLLOWED_HOURS_AGO.items():
        db.session.execute(
            update(FollowModel)
            .where(
                FollowModel.follower_id == people[follower],
                FollowModel.followee_id == people[followed],
            )
            .values(created_at=now - timedelta(hours=hours_ago), bell=(follower, followed) in BELLS)
            .execution_options(synchronize_session=False)
        )


def _moment(post: PostModel, place: Place, hours_ago: float) -> datetime:
    """Told from the post's own time: it may have been made a minute ago."""
    return post.created_at + timedelta(hours=place[1] - hours_ago)


# -- comments ----------------------------------------------------------------------------------

Said = list[tuple[DemoComment, CommentModel]]


def _say(uow: UnitOfWork, people: dict[str, int], posts: dict[Place, PostModel]) -> Said:
    """Insert what is said, oldest first, so that ids are in the order of time."""
    known: dict[tuple[Place, int | None], int] = {}
    said: Said = []
    for comment in discussions.list_comments():
        if comment.place not in posts:
            continue
        row = _row(comment, people[comment.username], posts[comment.place])
        row.parent_id = known.get((comment.place, comment.top))
        row.answered_id = known.get((comment.place, comment.answers))
        db.session.add(row)
        db.session.flush()
        known[comment.place, comment.number] = row.id
        said.append((comment, row))
    _index_mentions(people, said)
    _count(said)
    ids = [row.id for _, row in said]
    post_ids = [post.id for post in posts.values()]
    places = comment_cards.places_of(CommentModel.id.in_(ids))
    uow.after_commit(lambda: comment_cards.evict_places(places))
    uow.after_commit(lambda: counts.posts.evict(*post_ids))
    return said


def _row(comment: DemoComment, author_id: int, post: PostModel) -> CommentModel:
    edited = comment.edited_hours_ago
    return CommentModel(
        post_id=post.id,
        author_id=author_id,
        text=comment.text,
        created_at=_moment(post, comment.place, comment.hours_ago),
        edited_at=None if edited is None else _moment(post, comment.place, edited),
    )


def _index_mentions(people: dict[str, int], said: Said) -> None:
    rows = [
        {"comment_id": row.id, "handle": handle, "user_id": people[handle], "position": number}
        for _, row in said
        for number, handle in enumerate(text.named(row.text, people))
    ]
    if rows:
        db.session.execute(insert(CommentMention), rows)


def _count(said: Said) -> None:
    below_post = Counter(row.post_id for _, row in said)
    below_comment = Counter(row.parent_id for _, row in said if row.parent_id is not None)
    for model, column, found in (
        (PostModel, "comment_count", below_post),
        (CommentModel, "reply_count", below_comment),
    ):
        changes = [{"id": number, column: count} for number, count in found.items()]
        if changes:
            db.session.execute(update(model), changes)


# -- likes -------------------------------------------------------------------------------------


def _post_likes(people: dict[str, int], posts: dict[Place, PostModel]) -> Iterable[Entry[int]]:
    for post in POSTS:
        place = (post.username, post.hours_ago)
        if place in posts:
            row = posts[place]
            yield from (
                _entry("post", people[like.username], row.id, _moment(row, place, like.hours_ago))
                for like in discussions.list_likes(post)
            )


def _comment_likes(
    people: dict[str, int], posts: dict[Place, PostModel], said: Said
) -> Iterable[Entry[int]]:
    for comment, row in said:
        post = posts[comment.place]
        yield from (_heart(people, post, comment, row.id, like) for like in comment.likes)


def _heart(
    people: dict[str, int], post: PostModel, comment: DemoComment, row_id: int, like: DemoLike
) -> Entry[int]:
    at = _moment(post, comment.place, like.hours_ago)
    return _entry("comment", people[like.username], row_id, at)


def _entry(kind: str, actor: int, target: int, at: datetime) -> Entry[int]:
    return Entry(f"{int(at.timestamp() * 1_000)}-0", kind, actor, target, 1)


def _like(uow: UnitOfWork, entries: Iterable[Entry[int]]) -> None:
    """Store likes as the flusher does, but without its event: who is told is written by us."""
    ordered = sorted(entries, key=lambda entry: entry.at_ms)
    for kind in likes.KINDS.values():
        _store(uow, kind, [entry for entry in ordered if entry.kind == kind.name])


def _store(uow: UnitOfWork, kind: Any, wanted: list[Entry[int]]) -> None:
    if wanted:
        kind.pairs.store(UnitOfWork(), wanted)
        uow.after_commit(lambda: kind.pairs.evict(wanted))
