"""The mosaic of the landing page: of many people, public, newest first."""

from __future__ import annotations

from flask import Flask

from pigeon.services import landing
from tests.factories import make_post, make_user


def alts() -> list[str]:
    return [image.alt for image in landing.mosaic()]


def test_one_picture_of_each_comes_before_a_second_of_anybody(app: Flask) -> None:
    ann, ben = make_user(), make_user()
    make_post(ben, images=1, alt="b")
    for number in range(3):
        make_post(ann, images=2, alt=f"a{number}")
    assert alts() == ["a2", "b", "a1", "a0"], "the first picture of each post"


def test_what_is_not_published_is_not_shown(app: Flask) -> None:
    ann = make_user()
    make_post(ann, images=1, alt="waiting", state="processing")
    make_post(ann, images=1, alt="failed", state="failed")
    make_post(ann, caption="only words")
    assert alts() == []


def test_there_are_nine_at_most(app: Flask) -> None:
    for number in range(landing.TILES + 2):
        make_post(images=1, alt=str(number))
    assert alts() == [str(number) for number in range(landing.TILES + 1, 1, -1)]
