"""What must be true of people who fell out, once the killing is over."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import requests

from tests.harness.crowd import Crowd, Member
from tests.harness.rows import rows_of

SET = {
    "block": "SELECT u.username, b.blocker_id FROM blocks b JOIN users u ON u.id = b.blocked_id",
    "mute": "SELECT u.username, m.muter_id FROM mutes m JOIN users u ON u.id = m.muted_id",
    "private": "SELECT username, id FROM users WHERE is_private",
}
ACROSS = {
    "follow": "SELECT f.follower_id, f.followee_id FROM follows f JOIN blocks b"
    " ON (b.blocker_id = f.follower_id AND b.blocked_id = f.followee_id)"
    " OR (b.blocked_id = f.follower_id AND b.blocker_id = f.followee_id)",
    "request": "SELECT f.requester_id, f.requested_id FROM follow_requests f JOIN blocks b"
    " ON (b.blocker_id = f.requester_id AND b.blocked_id = f.requested_id)"
    " OR (b.blocked_id = f.requester_id AND b.blocker_id = f.requested_id)",
    "notification": "SELECT n.recipient_id, c.actor_id FROM notifications n"
    " JOIN notification_contents c ON c.id = n.content_id JOIN blocks b"
    " ON (b.blocker_id = n.recipient_id AND b.blocked_id = c.actor_id)"
    " OR (b.blocked_id = n.recipient_id AND b.blocker_id = c.actor_id)"
    " WHERE n.state = 'shown'",
    "place in a group": "SELECT n.recipient_id, a.actor_id FROM notifications n"
    " JOIN notification_actors a ON a.notification_id = n.id AND NOT a.is_withdrawn"
    " JOIN blocks b ON (b.blocker_id = n.recipient_id AND b.blocked_id = a.actor_id)"
    " OR (b.blocked_id = n.recipient_id AND b.blocker_id = a.actor_id)"
    " WHERE n.state = 'shown'",
}
TWICE = (
    "SELECT r.requester_id, r.requested_id FROM follow_requests r JOIN follows f"
    " ON f.follower_id = r.requester_id AND f.followee_id = r.requested_id"
)
OF_NO_REQUEST = (
    "SELECT n.recipient_id, n.event FROM notifications n WHERE n.state = 'shown'"
    " AND n.event LIKE 'fr%' AND NOT EXISTS"
    " (SELECT 1 FROM follow_requests r WHERE n.event = {name})"
)


def check_relations(crowd: Crowd) -> Iterable[str]:
    """In rows; `check_doors` asks the API."""
    yield from _check_words(crowd)
    for what, statement in ACROSS.items():
        for row in rows_of(statement):
            yield f"a {what} across a block: {tuple(row)}"
    for row in rows_of(TWICE):
        yield f"asks and follows: {tuple(row)}"
    for row in rows_of(OF_NO_REQUEST.format(name=_joined("'fr'", "r.id"))):
        yield f"told of a request that ended: {tuple(row)}"


def _joined(*parts: str) -> str:
    from pigeon.services.statements import is_sqlite

    return " || ".join(parts) if is_sqlite() else f"CONCAT({', '.join(parts)})"


def _check_words(crowd: Crowd) -> Iterable[str]:
    """Of every block, mute and privacy the last acknowledged word stands, and no other."""
    known = {member.id for member in crowd.rovers}
    for kind, statement in SET.items():
        stored = {(str(row[0]), int(row[1])) for row in rows_of(statement)}
        for (of_kind, target, person), toggle in crowd.ledger.toggles.items():
            if of_kind != kind:
                continue
            stands = (target, person) in stored
            stored.discard((target, person))
            if stands not in toggle.allowed():
                yield f"{kind} of {target} by {person} is {stands}, acknowledged {toggle}"
        for target, person in stored:
            if person in known:
                yield f"{kind} of {target} by {person}: nobody asked for it"


def check_doors(crowd: Crowd) -> Iterable[str]:
    """Timelines hold nobody who is closed to their readers, and each door is open as SQL says."""
    with crowd.site.app.app_context():
        blocked = {frozenset(row) for row in rows_of("SELECT blocker_id, blocked_id FROM blocks")}
        muted = set(map(tuple, rows_of("SELECT muter_id, muted_id FROM mutes WHERE posts")))
        follows = set(map(tuple, rows_of("SELECT follower_id, followee_id FROM follows")))
        private = {row[0] for row in rows_of("SELECT id FROM users WHERE is_private")}
        plain = {one.id: _plain(one.id) for one in crowd.rovers}
    for member in crowd.rovers:
        found = _timeline(crowd, member)
        if found != plain[member.id]:
            yield f"timeline of {member.username} is {found}, by SQL {plain[member.id]}"
        for other in crowd.rovers:
            if other is member:
                continue
            pair = (member.id, other.id)
            is_met = frozenset(pair) not in blocked
            is_open = is_met and (other.id not in private or pair in follows)
            for path, expected in (
                (f"/users/{other.username}", is_met),
                (f"/users/{other.username}/posts", is_open),
                (f"/users/{other.username}/followers", is_open),
            ):
                status = _get(crowd, member, path).status_code
                if status != (200 if expected else 404):
                    yield f"{path} answers {member.username} with {status}"
            if is_met and (_viewer_of(crowd, member, other)["muted"] != []) != (pair in muted):
                yield f"{member.username} is shown the wrong mute of {other.username}"


def _plain(reader_id: int) -> list[str]:
    from pigeon.services.posts import publications
    from pigeon.services.timelines import timelines

    numbers = timelines.plain(reader_id, None, 10_000)
    refs = publications.refs(numbers)
    return [str(refs[number].post_id) for number in numbers]


def _timeline(crowd: Crowd, member: Member) -> list[str]:
    found: list[str] = []
    query = "limit=50"
    while True:
        page = _get(crowd, member, f"/timeline?{query}").json()
        found += [post["id"] for post in page["items"]]
        if page["next"] is None:
            return found
        query = f"limit=50&before={page['next']}"


def _viewer_of(crowd: Crowd, member: Member, other: Member) -> Any:
    return _get(crowd, member, f"/users/{other.username}").json()["viewer"]


def _get(crowd: Crowd, member: Member, path: str) -> requests.Response:
    headers = {"Authorization": f"Bearer {member.token}"}
    return requests.get(f"{crowd.site.url}/api/v1{path}", headers=headers, timeout=20)
