"""What people do not want to be told of."""

from __future__ import annotations

from tests.factories import Person, make_comment, make_follow, make_post
from tests.services.notifications.telling import Drain, kinds_of, like, prefer, told


def test_a_kind_that_is_off_is_not_told(ann: Person, ben: Person, drain: Drain) -> None:
    prefer(ann, comment="off", like="off", follow="off")
    post = make_post(ann)
    make_comment(post, ben)
    like(post.id, ben)
    make_follow(ben, ann)
    drain()
    assert not told(ann)


def test_what_is_off_makes_room_for_the_next_kind(ann: Person, ben: Person, drain: Drain) -> None:
    prefer(ann, comment="off")
    make_comment(make_post(ann), ben, text="@ann")
    drain()
    assert kinds_of(ann) == ["mention"]


def test_following_means_from_people_i_follow(
    ann: Person, ben: Person, cat: Person, drain: Drain
) -> None:
    prefer(ann, comment="following", like="following", mention="following")
    make_follow(ann, ben)
    post = make_post(ann)
    for person in (ben, cat):
        make_comment(post, person)
        make_post(person, caption="@ann")
        like(post.id, person)
    drain()
    assert {(one.kind, one.actors[0].username) for one in told(ann)} == {
        ("comment", "ben"),
        ("mention", "ben"),
        ("like", "ben"),
    }
