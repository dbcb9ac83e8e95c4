"""What must be true after an upgrade, beside the promises that every crowd was given."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import requests

from tests.harness import promises
from tests.harness.rolling import Server
from tests.harness.rolling_crowd import PICTURES, RollingCrowd
from tests.harness.rows import rows_of

FAULT = re.compile(r'Traceback|"level": "error"|"exception": ')


def check(crowd: RollingCrowd) -> None:
    """Both releases show the same, nothing was refused, and every promise is kept."""
    faults = [*_check_sockets(crowd), *_check_logs(crowd)]
    with crowd.site.app.app_context():
        _give_tokens(crowd)
        faults += [*_check_posts(crowd), *_check_files(), *_check_timelines(crowd)]
    crowd.violations += faults
    promises.check(crowd)


def _give_tokens(crowd: RollingCrowd) -> None:
    """By which the checks ask as somebody; people themselves have cookies."""
    from pigeon.services.accounts import sessions

    for people in (crowd.people, crowd.listeners):
        people[:] = [replace(one, token=sessions.create_token(one.id)) for one in people]


def _check_posts(crowd: RollingCrowd) -> Iterable[str]:
    """Every acknowledged post is there once, published, with all of its pictures."""
    stored = {str(row[0]): row[1:] for row in rows_of("SELECT id, caption, state FROM posts")}
    expected = {*crowd.posts, *crowd.ledger.shared}
    for post_id in expected ^ stored.keys():
        yield f"post {post_id} is {stored.get(post_id)}, acknowledged: {post_id in expected}"
    for post_id in expected & stored.keys():
        if stored[post_id][1] != "published":
            yield f"post {post_id} is {tuple(stored[post_id])}"
    captions = Counter(stored[post_id][0] for post_id in crowd.ledger.shared)
    yield from (f"{caption!r} is there {n} times" for caption, n in captions.items() if n > 1)
    rows = rows_of("SELECT post_id, COUNT(*) FROM media WHERE state = 'ready' GROUP BY post_id")
    ready = {str(row[0]): row[1] for row in rows}
    if ready != dict.fromkeys(crowd.pictured, PICTURES):
        yield f"pictures are {ready}, not {PICTURES} of each of {sorted(crowd.pictured)}"


def _check_files() -> Iterable[str]:
    from pigeon.services import collectors

    found = collectors.find_orphans(older_than=timedelta(0), check_missing=True)
    yield from (f"no file {name}" for name in found.missing)


def _check_timelines(crowd: RollingCrowd) -> Iterable[str]:
    """By its definition, and by what either release answers."""
    from pigeon.services.timelines import timelines

    posts = {row[0]: str(row[1]) for row in rows_of("SELECT id, post_id FROM publications")}
    for member in crowd.people:
        plain = [posts[id] for id in timelines.plain(member.id, None, len(posts))]
        for web in crowd.upgrade.web.values():
            found = _timeline(web, member.token)
            if found != plain:
                yield f"{web.release} shows {member.username} {found}, not {plain}"


def _timeline(web: Server, token: str) -> list[str]:
    ids: list[str] = []
    before = ""
    while True:
        page = _get(web, f"/timeline?limit=50{before}", token)
        ids += [item["id"] for item in page["items"]]
        if page["next"] is None:
            return ids
        before = f"&before={page['next']}"


def _get(web: Server, path: str, token: str) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    answer = requests.get(f"{web.url}/api/v1{path}", headers=headers, timeout=20)
    assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:300]}"
    return answer.json()


def _check_sockets(crowd: RollingCrowd) -> Iterable[str]:
    """Who listens at one release hears what the other one is told; nobody was hung up on."""
    for release, socket in crowd.sockets.items():
        if socket.closed.is_set():
            yield f"the realtime process of {release} hung up"
        heard = {crowd.made_by.get(comment["id"]) for comment in socket.heard["comment.created"]}
        for other in {*crowd.made_by.values()} - heard:
            yield f"at the realtime process of {release} no comment was heard that {other} made"


def _check_logs(crowd: RollingCrowd) -> Iterable[str]:
    for path in sorted(crowd.site.logs.glob("*.log")):
        for line in path.read_text(errors="replace").splitlines():
            if FAULT.search(line):
                yield f"{path.name}: {line[:600]}"
