"""A demo to look at: people, follows, posts with pictures, and what is said about them.

An interrupted demo is repeated: what is there already is left alone.
"""

from __future__ import annotations

import json
import secrets
import shutil
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from sqlalchemy import func, select

from pigeon.demo import people, pictures
from pigeon.demo.people import DemoPost, Person
from pigeon.demo.seeds import discussions, messages
from pigeon.demo.specs import PictureSpec
from pigeon.domain.clock import utc_now
from pigeon.domain.media import Upload
from pigeon.extensions import db, settings
from pigeon.models import MediaModel, PostModel, PublicationModel, UserModel
from pigeon.services.accounts import signups
from pigeon.services.follows import follows
from pigeon.services.media import media
from pigeon.services.posts import posts, publishing
from pigeon.services.users import avatars, users
from pigeon.stores.imaging_render import render, render_avatar
from pigeon.stores.imaging_results import Rendered
from pigeon.unit_of_work import unit_of_work

T = TypeVar("T")

SCALE = 0.75
QUALITY = 92
PAINTERS = 2
DOMAIN = "demo.invalid"


@dataclass(frozen=True)
class Painted:
    """The stored renditions of a picture, still in a folder of their own."""

    rendered: Rendered
    folder: Path


def is_unfinished() -> bool:
    """Whether everybody here is of the demo, and some of their posts or words are missing."""
    names = set(db.session.scalars(select(UserModel.username)))
    is_ours = names <= {person.username for person in people.PEOPLE}
    is_said = not discussions.is_missing() and not messages.is_missing()
    return is_ours and (_published() < len(people.POSTS) or not is_said)


def fill(say: Callable[[str], None]) -> None:
    """Make the demo; `demo.json` in the data folder gets everybody's log-in."""
    posts_left = sorted(people.POSTS, key=lambda post: -post.hours_ago)[_published() :]
    with tempfile.TemporaryDirectory(prefix="pigeon-demo-") as folder, _painters() as pool:
        specs = [spec for post in posts_left for spec in post.pictures]
        avatars = list(pool.map(_paint_avatar, _jobs(people.PEOPLE, folder)))
        painted = pool.map(_paint, _jobs(specs, folder, first=1_000))
        _make_people(avatars)
        for number, post in enumerate(posts_left, start=1):
            _make_post(post, [next(painted) for _ in post.pictures])
            if number % 10 == 0:
                say(f"{number} of {len(posts_left)} posts")
    if discussions.is_missing():
        discussions.fill()
    if messages.is_missing():
        messages.fill()


def _painters() -> ProcessPoolExecutor:
    """Painting shares nothing with us, so it starts from a fresh interpreter."""
    return ProcessPoolExecutor(PAINTERS, mp_context=get_context("forkserver"))


def _jobs(things: Sequence[T], folder: str, first: int = 0) -> list[tuple[T, Path]]:
    return [(thing, Path(folder) / str(first + n)) for n, thing in enumerate(things)]


def _paint(job: tuple[PictureSpec, Path]) -> Painted:
    spec, folder = job
    folder.mkdir()
    original = folder / "original.jpg"
    pictures.render(spec, scale=SCALE).save(original, quality=QUALITY)
    return Painted(render(original, folder), folder)


def _paint_avatar(job: tuple[Person, Path]) -> Painted:
    person, folder = job
    folder.mkdir()
    original = folder / "original.png"
    pictures.render_avatar(person).save(original)
    return Painted(render_avatar(original, folder), folder)


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
        row = _store(avatar, owner_id=user_id, kind="avatar")
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
            _store(
                picture, owner_id=author_id, kind="post", post_id=row.id, position=number, alt=alt
            )
        posts.index_text(row)
        publishing.publish(uow, row, had_images=bool(painted))
        publication = db.session.scalar(
            select(PublicationModel).where(PublicationModel.post_id == row.id)
        )
        if publication is not None:
            publication.published_at = at


def _store(
    painted: Painted,
    *,
    owner_id: int,
    kind: str,
    post_id: int | None = None,
    position: int = 0,
    alt: str = "",
) -> MediaModel:
    """A row that is ready, with its objects in the store."""
    rendered = painted.rendered
    upload = Upload(token="", width=rendered.width, height=rendered.height, digest="", alt=alt)
    row = media.add(upload, owner_id=owner_id, kind=kind, post_id=post_id, position=position)
    for file in rendered.files:
        name = media.object_name(row.name, file.kind, file.content_type)
        media.store().put(name, file.path, file.content_type)
    media.mark_ready(row, rendered)
    shutil.rmtree(painted.folder)
    return row
