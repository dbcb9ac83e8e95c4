"""What must be true of notifications: told once, to the right person, as long as it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tests.harness.crowd import Crowd
from tests.harness.ledger import Said
from tests.harness.rows import rows_of


def check_told(crowd: Crowd) -> Iterable[str]:
    """Of each comment and post whoever it concerns is told once, as long as it stands."""
    shown = Counter(
        (row[0], row[1])
        for row in rows_of("SELECT event, recipient_id FROM notifications WHERE state = 'shown'")
        if row[0][0] in "cp"
    )
    must, may = _occasions(crowd)
    for occasion in must - shown.keys():
        yield f"nobody told {occasion}"
    for occasion in shown.keys() - must - may:
        yield f"told without a reason: {occasion}"


def _occasions(crowd: Crowd) -> tuple[set[tuple[str, int]], set[tuple[str, int]]]:
    """(event, person) that must be, and that may be: who was answered before the answered left."""
    must: set[tuple[str, int]] = set()
    may: set[tuple[str, int]] = set()
    for said in crowd.ledger.said.values():
        sure, perhaps = _concerned(crowd, said)
        event = f"c{said.id}"
        if crowd.ledger.stands(said):
            must |= {(event, person) for person in sure - {said.author}}
            may |= {(event, person) for person in perhaps}
        elif said.top_id in crowd.ledger.deleted:  # what hung below something deleted stays told
            may |= {(event, person) for person in sure | perhaps}
    for post_id, named in crowd.ledger.shared.items():
        people = {named, *(one.id for one in crowd.listeners)}
        must |= {(f"p{post_id}", person) for person in people - {_author_of(post_id)}}
    for post_id in crowd.posts:
        must |= {(f"p{post_id}", one.id) for one in crowd.listeners}
    return must, may


def _concerned(crowd: Crowd, said: Said) -> tuple[set[int], set[int]]:
    """Who must hear of a comment, and who may: the answered, if what they said is gone."""
    named = {said.named} if said.named else set()
    if said.answered_id is None:
        return named | {crowd.posts[said.post_id]}, set()
    answered = crowd.ledger.said[said.answered_id]
    if crowd.ledger.stands(answered):
        return named | {answered.author}, set()
    return named, {answered.author}


def _author_of(post_id: str) -> int:
    return int(rows_of(f"SELECT author_id FROM posts WHERE id = {int(post_id)}")[0][0])


def check_groups(crowd: Crowd) -> Iterable[str]:
    """Who likes or follows stands in the group of that, once; who does not is withdrawn."""
    actors = {
        (row[0], row[1]): row[2:]
        for row in rows_of(
            "SELECT c.event, a.actor_id, a.is_withdrawn, n.state, n.recipient_id"
            " FROM notification_actors a JOIN notification_contents c ON c.id = a.content_id"
            " JOIN notifications n ON n.id = a.notification_id"
        )
    }
    true = dict(_true_groups(crowd))
    for key, recipient in true.items():
        found = actors.get(key)
        if found is None or found[0] or (found[1], found[2]) != ("shown", recipient):
            yield f"{key} should be told to {recipient}, is {found}"
    gone = _gone_targets(crowd)
    roving = {member.id for member in crowd.rovers}
    follows = {
        (f"f{row[0]}", row[1]) for row in rows_of("SELECT followee_id, follower_id FROM follows")
    }
    for key, found in actors.items():
        is_true = key in follows if key[1] in roving else key in true
        is_told = not found[0] and found[1] == "shown"
        if is_told and not is_true and key[0] not in gone:
            yield f"{key} is still told: {tuple(found)}"
    for row in rows_of(
        "SELECT n.event FROM notifications n JOIN notification_contents c ON c.id = n.content_id"
        " WHERE c.kind IN ('like', 'follow') AND n.state = 'shown' AND NOT EXISTS (SELECT 1 FROM"
        " notification_actors a WHERE a.notification_id = n.id AND NOT a.is_withdrawn)"
    ):
        if row[0].partition(".")[0] not in gone:
            yield f"{row[0]} is shown with nobody in it"


def _true_groups(crowd: Crowd) -> Iterable[tuple[tuple[str, int], int]]:
    """((event, actor), recipient) of every like and follow that is stored."""
    queries = {
        "lp": "SELECT l.post_id, l.user_id, p.author_id FROM post_likes l JOIN posts p"
        " ON p.id = l.post_id",
        "lc": "SELECT l.comment_id, l.user_id, c.author_id FROM comment_likes l JOIN comments c"
        " ON c.id = l.comment_id",
        "f": "SELECT followee_id, follower_id, followee_id FROM follows",
    }
    known = {member.id for member in (*crowd.people, *crowd.listeners)}
    for prefix, query in queries.items():
        for target, actor, recipient in rows_of(query):
            if actor != recipient and actor in known:
                yield (f"{prefix}{target}", actor), recipient


def _gone_targets(crowd: Crowd) -> set[str]:
    """Events of what was deleted: their groups stay as they were."""
    said: Iterable[Said] = crowd.ledger.said.values()
    return {f"lc{one.id}" for one in said if not crowd.ledger.stands(one)}
