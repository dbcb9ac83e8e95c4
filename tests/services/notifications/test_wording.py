"""The sentence of a group."""

from __future__ import annotations

import pytest
from flask_babel import force_locale

from pigeon.services.notifications import wording
from tests.factories import Person, make_post, make_user
from tests.services.notifications.telling import Drain, like, told


@pytest.mark.parametrize(
    ("count", "message"),
    [
        (1, "p0 liked your post"),
        (2, "p1 and p0 liked your post"),
        (3, "p2, p1 and 1 other liked your post"),
        (5, "p4, p3 and 3 others liked your post"),
    ],
)
def test_a_group_is_one_sentence(ann: Person, drain: Drain, count: int, message: str) -> None:
    post = make_post(ann)
    like(post.id, *(make_user(f"p{number}x") for number in range(count)))
    drain()
    (said,) = wording.say_in("en", told(ann))
    assert said.message.replace("x", "") == message
    with force_locale("en"):
        parts = wording.parts(said)
    assert "".join(part.text for part in parts) == said.message
    assert sum(part.is_bold for part in parts) == min(count, 2)
