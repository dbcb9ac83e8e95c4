from __future__ import annotations

from flask import Flask

from pigeon.domain.searches import QueryHit, TagHit
from pigeon.domain.users import UserHit
from pigeon.services.searches import history, suggesting
from tests.factories import make_follow, make_post, make_user


def test_own_words_then_people_whom_one_follows_first_then_hashtags(app: Flask) -> None:
    ann, known, other = make_user("ann"), make_user("skylark"), make_user("skywalker")
    make_follow(ann, known)
    make_post(other, caption="#skyline")
    history.add_word("sky high", by=ann.id)
    history.add_word("sky secret", by=other.id)
    assert suggesting.suggest(" ", ann.id) == []
    word, first, second, tag = suggesting.suggest("sky", ann.id)
    assert word == QueryHit(q="sky high")
    assert isinstance(first, UserHit) and first.user.username == known.username
    assert isinstance(second, UserHit) and second.user.username == other.username
    assert tag == TagHit(tag="skyline", post_count=1)


def test_eight_at_most_whatever_there_is_most_of(app: Flask) -> None:
    ann = make_user("ann")
    for number in range(9):
        make_user(f"sky{number}")
        history.add_word(f"sky {number}", by=ann.id)
        make_post(ann, caption=f"#sky{number}")
    kinds = [hit.kind for hit in suggesting.suggest("sky", ann.id)]
    assert kinds == ["query"] * 3 + ["user"] * 2 + ["tag"] * 3
