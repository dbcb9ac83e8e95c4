from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from pigeon.demo.people import FOLLOWS, PEOPLE, POSTS
from pigeon.domain.clock import utc_now
from pigeon.extensions import db
from pigeon.models import PostModel, PublicationModel
from pigeon.unit_of_work import unit_of_work
from tests.factories.people import Person, make_follow, make_user
from tests.factories.posts import make_post


@pytest.fixture
def people(app: object) -> dict[str, Person]:
    """Everybody of the demo and their posts, whose pictures do not matter here."""
    made = {person.username: make_user(person.username) for person in PEOPLE}
    for follower, followed in FOLLOWS:
        make_follow(made[follower], made[followed])
    now = utc_now()
    moments = {
        make_post(made[post.username], caption=post.caption).id: now
        - timedelta(hours=post.hours_ago)
        for post in POSTS
    }
    with unit_of_work():
        for model, key, column in (
            (PostModel, PostModel.id, "created_at"),
            (PublicationModel, PublicationModel.post_id, "published_at"),
        ):
            for post_id, at in moments.items():
                db.session.execute(update(model).where(key == post_id).values({column: at}))
    return made
