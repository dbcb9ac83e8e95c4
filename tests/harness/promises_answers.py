"""What the API must say once everything is stored: what SQL says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import requests
from sqlalchemy import select

from tests.harness.crowd import Crowd, Member
from tests.harness.rows import rows_of


def check_answers(crowd: Crowd) -> Iterable[str]:
    """The API says what SQL says: counts, everybody's own likes, unseen notifications."""
    with crowd.site.app.app_context():
        likes = {tuple(row) for row in rows_of("SELECT post_id, user_id FROM post_likes")}
        counts = {
            str(row[0]): (row[1], row[2])
            for row in rows_of("SELECT id, like_count, comment_count FROM posts")
        }
        followers = dict(map(tuple, rows_of("SELECT username, follower_count FROM users")))
        unseen = dict(
            map(
                tuple,
                rows_of(
                    "SELECT recipient_id, COUNT(*) FROM notifications"
                    " WHERE state = 'shown' AND NOT seen GROUP BY recipient_id"
                ),
            )
        )
        comments = _comment_counts(crowd)
    for member in crowd.people:
        for post_id in crowd.posts:
            yield from _check_post(
                crowd, member, post_id, counts, (int(post_id), member.id) in likes
            )
        shown = _get(crowd, member, f"/users/{member.username}")["follower_count"]
        if shown != followers[member.username]:
            yield f"{member.username} shows {shown} followers of {followers[member.username]}"
    for member in (*crowd.people, *crowd.listeners, *crowd.rovers):
        found = _get(crowd, member, "/notifications/unread")
        if found["unseen"] != unseen.get(member.id, 0):
            yield f"{member.username}: {found}, stored {unseen.get(member.id, 0)}"
    for post_id in crowd.posts:
        for one in _get(crowd, crowd.people[0], f"/posts/{post_id}/comments?limit=50")["items"]:
            found = (one["like_count"], one["reply_count"])
            if found != comments[one["id"]]:
                yield f"comment {one['id']} shows {found} of {comments[one['id']]}"


def _check_post(
    crowd: Crowd, member: Member, post_id: str, counts: dict[str, Any], likes: bool
) -> Iterable[str]:
    post = _get(crowd, member, f"/posts/{post_id}")
    found = (post["like_count"], post["comment_count"])
    if found != counts[post_id]:
        yield f"post {post_id} shows {found} of {counts[post_id]}"
    if post["viewer"]["liked"] is not likes:
        yield f"post {post_id} shows {member.username} {post['viewer']}, stored {likes}"


def _comment_counts(crowd: Crowd) -> dict[str, tuple[int, int]]:
    from pigeon.extensions import db
    from pigeon.models import CommentModel

    columns = (CommentModel.id, CommentModel.like_count, CommentModel.reply_count)
    return {str(row[0]): (row[1], row[2]) for row in db.session.execute(select(*columns))}


def _get(crowd: Crowd, member: Member, path: str) -> Any:
    headers = {"Authorization": f"Bearer {member.token}"}
    answer = requests.get(f"{crowd.site.url}/api/v1{path}", headers=headers, timeout=20)
    assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:300]}"
    return answer.json()
