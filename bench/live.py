"""A like in one browser until the badge changes in another, through the whole site."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from flask import Flask
from sqlalchemy import text
from sqlalchemy.engine import make_url

from bench import people, rounds
from bench.ground import Ground
from bench.results import Goal, Group, Row, Table, figure, spread
from bench.two_browsers import Visit
from pigeon.domain.sessions import Caller
from pigeon.extensions import db
from pigeon.services.accounts import sessions
from tests.factories import make_post, make_user
from tests.harness import children
from tests.harness.environment import ROOT
from tests.harness.procfile import procfile_site

PROGRAMS = {"nginx": ("nginx",), "chromium": children.CHROMIUM}


def measure(ground: Ground) -> Group:
    """The Procfile's processes behind nginx, two of each server, and two Chromium profiles."""
    group = Group(name="live", title="A like seen by another browser")
    missing = [package for package, names in PROGRAMS.items() if not children.find(*names)]
    if missing:
        group.notes.append(f"Not measured here: {' and '.join(missing)} not installed.")
        return group
    with procfile_site(ground.folder / "live", empty_database(ground, "live")) as site:
        visit = _cast(site.app, site.url, ground.plan.live_likes)
        times: list[float] = steer(ground, "two_browsers", visit)
    group.rows.append(
        Row(
            metric="like in one browser to badge in another, p95",
            value=spread([rounds.percentile(times, 0.95)]),
            unit=" s",
            goal=Goal(at_most=1.5),
            note="two realtime processes, nginx, Chromium; the wait for the flush included",
        )
    )
    shares = (0.5, 0.95, 1.0)
    cells = (str(len(times)), *(figure(rounds.percentile(times, share)) for share in shares))
    head = ("likes", "p50, s", "p95, s", "most, s")
    group.tables.append(Table(title="From the click to the badge", head=head, rows=[cells]))
    group.notes.append("Likes come at random moments of the second between two flushes.")
    return group


def empty_database(ground: Ground, name: str) -> str:
    """One of its own for a site."""
    if ground.is_sqlite:
        return f"sqlite:///{ground.folder / name}.sqlite3"
    with ground.app().app_context():
        db.session.rollback()
        db.session.execute(text(f"CREATE OR REPLACE DATABASE {name} CHARACTER SET utf8mb4"))
        db.session.commit()
    url = make_url(ground.database_url).set(database=name)
    return url.render_as_string(hide_password=False)


def _cast(app: Flask, url: str, count: int) -> Visit:
    with app.app_context():
        ann, bob = make_user("ann"), make_user("bob")
        posts = [make_post(ann).id for _ in range(count)]
        cookies = [
            people.sign_cookie(app, sessions.start(person.id, caller=Caller()))
            for person in (ann, bob)
        ]
    return Visit(url=url, reader=cookies[0], liker=cookies[1], posts=posts)


def steer(ground: Ground, program: str, visit: Any) -> Any:
    """What a program that steers browsers prints of a visit."""
    path = ground.folder / f"{program}.json"
    visit.write(path)
    done = subprocess.run(
        [sys.executable, "-m", f"bench.{program}", str(path)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
