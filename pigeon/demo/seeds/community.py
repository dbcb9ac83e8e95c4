"""A demo to look at: people, follows, posts with pictures, what is said about them, and stories.

An interrupted demo is repeated: what is there already is left alone.
"""

from __future__ import annotations

import json
import secrets
import tempfile
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import func, select

from pigeon.demo import people
from pigeon.demo.people import DemoPost, Person
from pigeon.demo.seeds import discussions, messages, painting, stories
from pigeon.demo.seeds.painting import Painted
from pigeon.domain.clock import utc_now
from pigeon.extensions import db, settings
from pigeon.models import PostModel, PublicationModel, UserModel
from pigeon.services.accounts import signups
from pigeon.services.follows import follows
from pigeon.services.posts import posts, publishing
from pigeon.services.users import avatars, users
from pigeon.unit_of_work import unit_of_work

DOMAIN = "demo.invalid"


def is_unfinished() -> bool:
    """Whether everybody here is of the demo, and some of their posts or words are missing."""
    names = set(db.session.scalars(select(UserModel.username)))
    is_ours = names <= {person.username for person in people.PEOPLE}
    is_said = not discussions.is_missing() and not messages.is_missing()
    return is_ours and (_published() < len(people.POSTS) or not is_said)


def fill(say: Callable[[str], None]) -> None:
    """Make the demo; `demo.json` in the data folder gets everybody's log-in."""
    posts_left = sorted(people.POSTS, key=lambda post: -post.hours_ago)[_published() :]
    with tempfile.TemporaryDirectory(prefix="pigeon-demo-") as folder, painting.painters() as pool:
        specs = [spec for post in posts_left for spec in post.pictures]
        avatars = list(pool.map(painting.paint_avatar, painting.jobs(people.PEOPLE, folder)))
        painted = pool.map(painting.paint, painting.jobs(specs, folder, first=1_000))
        _make_people(avatars)
        for number, post in enumerate(posts_left, start=1):
            _make_post(post, [next(painted) for _ in post.pictures])
            if number % 10 == 0:
                say(f"{number} of {len(posts_left)} posts")
    if discussions.is_missing():
        discussions.fill()
    if messages.is_missing():
        messages.fill()
    stories.renew()


# -- people ------------------------------------------------------------------------------------


def _make_people(avatars: list[Painted]) -> None:
    passwords = _kept_passwords()
    ids: dict[str, int] = {}
    for person, avatar in zip(people.PEOPLE, avatars, strict=True):
        ids[person.username] = _make_person(person, passwords[person.username], avatar)
    for follower, followee in people.FOLLOWS:
        follows.follow(ids[followee], by=ids[follower])


def _kept_passwords() -> dict[str, str]:
    """One password for everybody of the demo, written down before it is used."""
    path = settings().data / "demo.json"
    if path.is_file():
        kept = json.loads(path.read_text())
        return {entry["username"]: entry["password"] for entry in kept}
    password = secrets.token_urlsafe(9)
    logins = [{"username": person.username, "password": password} for person in people.PEOPLE]
    path.write_text(json.dumps(logins, indent=1))
    return {person.username: password for person in people.PEOPLE}


def _make_person(person: Person, password: str, avatar: Painted) -> int:
    known = users.ids_by_name.one(person.username)
    if known is not None:
        return known
    user_id = signups.create(
        email=f"{person.username}@{DOMAIN}",
        username=person.username,
        password=password,
        display_name=person.display_name,
        language=person.language,
    )
    users.update_profile(user_id, {"bio": person.bio, "link": person.link or None})
    with unit_of_work() as uow:
        row = painting.store(avatar, owner_id=user_id, kind="avatar")
        db.session.flush()
        avatars.show(uow, row)
    return user_id


# -- posts -------------------------------------------------------------------------------------


def _published() -> int:
    return db.session.scalar(select(func.count()).select_from(PublicationModel)) or 0


def _make_post(post: DemoPost, painted: list[Painted]) -> None:
    """Publish a post of the past: its time is moved back, its order is that of the publications."""
    author_id = users.get_card(post.username, None).id
    at = utc_now() - timedelta(hours=post.hours_ago)
    with unit_of_work() as uow:
        row = PostModel(
            author_id=author_id, state="processing", caption=post.caption, created_at=at
        )
        db.session.add(row)
        db.session.flush()
        for number, (picture, alt) in enumerate(zip(painted, post.alts, strict=True)):
            painting.store(
                picture, owner_id=author_id, kind="post", post_id=row.id, position=number, alt=alt
            )
        posts.index_text(row)
        publishing.publish(uow, row, had_images=bool(painted))
        publication = db.session.scalar(
            select(PublicationModel).where(PublicationModel.post_id == row.id)
        )
        if publication is not None:
            publication.published_at = at
