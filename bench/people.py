"""What a site under load is made of: people with follows and posts, pictures, and who reads."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask

from bench import data
from bench.cast import Cast
from bench.plan import QUICK
from pigeon.domain.sessions import Caller
from pigeon.extensions import db
from pigeon.models import UserModel
from pigeon.services.accounts import passwords, sessions
from pigeon.services.media import media
from pigeon.stores import imaging
from tests.harness import pictures

READERS = 120
PICTURED = 300
PASSWORD = "a pigeon on the wire"
PLAN = replace(
    QUICK,
    name="load",
    users=2_000,
    follows=80_000,
    posts=20_000,
    pictured=PICTURED,
    sizes=(10, 100),
    reference=100,
    rotating=READERS,
    celebrities=3,
    threshold=400,
    fan_followers=300,
)
"""Three celebrities with 20 % of all people each; 40 follows per person."""


def settle(app: Flask, folder: Path) -> Cast:
    """Fill an empty, migrated site; its database server must be able to read `folder`."""
    with app.app_context():
        made = data.fill(db.engine, PLAN, folder)
        names = _store_pictures(made, folder)
        logins = _give_passwords(made.popular[:20])
        tokens = [sessions.create_token(user_id) for user_id in made.rotating]
        cookies = [_cookie(app, user_id) for user_id in made.rotating]
    return Cast(
        tokens=tokens,
        cookies=cookies,
        usernames=[data.username(user_id) for user_id in made.popular],
        posts=made.pictured + list(range(PLAN.posts - PICTURED, PLAN.posts - 2_000, -1)),
        media=names,
        logins=logins,
    )


def _store_pictures(made: data.Data, folder: Path) -> list[str]:
    """One small picture stands for all: what is measured is the way to it."""
    source = folder / "picture.jpg"
    source.write_bytes(pictures.jpeg(640, 480))
    out = folder / "renditions"
    out.mkdir()
    files = imaging.render_limited(source, out).files
    small = next(file for file in files if file.kind == "thumb")
    names = [f"{data.media_name(post_id)}-thumb.webp" for post_id in made.pictured]
    for name in names:
        media.store().put(name, small.path, small.content_type)
    return names


def _give_passwords(user_ids: list[int]) -> list[tuple[str, str]]:
    hashed = passwords.hash_password(PASSWORD)
    db.session.rollback()
    db.session.connection(execution_options={"write": True})
    for user_id in user_ids:
        user = db.session.get(UserModel, user_id)
        assert user is not None
        user.password_hash = hashed
    db.session.commit()
    return [(data.username(user_id), PASSWORD) for user_id in user_ids]


def _cookie(app: Flask, user_id: int) -> str:
    return sign_cookie(app, sessions.start(user_id, caller=Caller()))


def sign_cookie(app: Flask, token: str) -> str:
    """A browser's cookie after its first page: signed in, with its token against forgery."""
    signer: Any = app.session_interface
    kept = {"_user_id": token, "_fresh": True, "csrf_token": f"{random.getrandbits(160):040x}"}
    serializer = signer.get_signing_serializer(app)
    return f"{app.config['SESSION_COOKIE_NAME']}={serializer.dumps(kept)}"
