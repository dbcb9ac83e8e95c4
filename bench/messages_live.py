"""A key pressed until the bubble is on one screen and on the other, through the whole site."""

from __future__ import annotations

from flask import Flask

from bench import people, rounds
from bench.ground import Ground
from bench.live import PROGRAMS, empty_database, steer
from bench.results import Goal, Group, Row, Table, figure, spread
from bench.two_writers import Visit
from pigeon.domain.sessions import Caller
from pigeon.services.accounts import sessions
from tests.factories import make_follow, make_user
from tests.harness import children
from tests.harness.procfile import procfile_site

SCREENS = (("own", 0.05), ("the other's", 0.3))


def measure(ground: Ground) -> Group:
    """The Procfile's processes behind nginx, two of each server, and two Chromium profiles."""
    group = Group(name="messages_live", title="A key pressed until the bubble is on the screen")
    missing = [package for package, names in PROGRAMS.items() if not children.find(*names)]
    if missing:
        group.notes.append(f"Not measured here: {' and '.join(missing)} not installed.")
        return group
    with procfile_site(ground.folder / "writing", empty_database(ground, "writing")) as site:
        visit = _cast(site.app, site.url, ground.plan.written)
        times: list[tuple[float, float]] = steer(ground, "two_writers", visit)
    cells = []
    for number, (screen, goal) in enumerate(SCREENS):
        took = [pair[number] for pair in times]
        group.rows.append(
            Row(
                metric=f"a key pressed to the bubble on {screen} screen, p95",
                value=spread([rounds.percentile(took, 0.95)]),
                unit=" s",
                goal=Goal(at_most=goal),
                note="two realtime processes, nginx, Chromium",
            )
        )
        shares = (rounds.percentile(took, share) for share in (0.5, 0.95, 1.0))
        cells.append((screen, str(len(took)), *map(figure, shares)))
    head = ("screen", "messages", "p50, s", "p95, s", "most, s")
    group.tables.append(Table(title="From the key to the bubble", head=head, rows=cells))
    return group


def _cast(app: Flask, url: str, messages: int) -> Visit:
    with app.app_context():
        ann, bob = make_user("ann"), make_user("bob")
        make_follow(ann, bob)
        make_follow(bob, ann)
        cookies = [
            people.sign_cookie(app, sessions.start(person.id, caller=Caller()))
            for person in (ann, bob)
        ]
    names = [ann.username, bob.username]
    return Visit(url=url, cookies=cookies, names=names, messages=messages)
