"""Alternative texts of the demo say what was painted."""

from __future__ import annotations

import re
from dataclasses import replace

from pigeon.demo.alts import describe
from pigeon.demo.people import PEOPLE, POSTS
from pigeon.demo.specs import PictureSpec

PICTURES = [(post, spec) for post in POSTS for spec in post.pictures]


def find_spec(subject: str) -> PictureSpec:
    return next(spec for _, spec in PICTURES if spec.subject == subject)


def test_an_alt_text_names_what_is_in_the_picture() -> None:
    spec = replace(find_spec("mountains"), features=("moon", "mist", "pines"))
    assert describe(spec, "en") == (
        "Layered blue mountains with a pale full moon, drifting mist and dark pines"
    )
    assert describe(spec, "ko") == (
        "겹겹이 이어진 푸른 산줄기, 창백한 보름달, 흐르는 안개, 짙은 소나무"
    )


def test_alt_texts_are_in_the_language_of_their_author() -> None:
    for person in PEOPLE:
        alts = [alt for post in POSTS if post.username == person.username for alt in post.alts]
        assert all(bool(re.search("[가-힣]", alt)) == (person.language == "ko") for alt in alts)
