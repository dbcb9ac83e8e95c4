"""Who is muted, suspended or private: what a timeline keeps, leaves out and brings back."""

from __future__ import annotations

import pytest

from pigeon.cache import keys
from pigeon.extensions import cache
from pigeon.services.relations import mutes
from pigeon.services.timelines import timelines
from pigeon.services.users import suspensions
from tests.factories import Person, make_follow, make_post, make_user
from tests.factories.relations import make_mute, make_private
from tests.services.timelines.reading import numbers, plain, read


@pytest.mark.both_modes
def test_a_list_rebuilt_while_an_author_is_suspended_has_their_posts_afterwards(
    ann: Person, ben: Person
) -> None:
    cat = make_user("cat")
    make_follow(ann, cat)
    of_ben, of_cat = make_post(ben), make_post(cat)
    suspensions.suspend(ben.id)
    cache.client.delete(keys.TIMELINE.key(ann.id))
    assert read(ann) == numbers([of_cat])
    suspensions.unsuspend(ben.id)
    assert read(ann) == numbers([of_ben, of_cat]) == plain(ann)
    assert timelines.verify(ann.id)


@pytest.mark.both_modes
def test_what_is_muted_is_not_shown_until_it_is_unmuted(ann: Person, ben: Person) -> None:
    before, mine = make_post(ben), make_post(ann)
    make_mute(ann, ben, "posts")
    during = make_post(ben)
    assert read(ann) == numbers([mine]) == plain(ann)
    mutes.set_muted(ben.id, by=ann.id, of=["posts"], on=False)
    assert read(ann) == numbers([before, mine, during]) == plain(ann)


@pytest.mark.both_modes
def test_a_page_is_full_however_much_is_muted(ann: Person, ben: Person) -> None:
    cat = make_user("cat")
    make_follow(ann, cat)
    wanted = []
    for _ in range(8):
        wanted.append(make_post(cat))
        for _ in range(4):
            make_post(ben)
    make_mute(ann, ben, "posts")
    assert read(ann, 5) == numbers(wanted)[:5]
    assert read(ann, 5, before=wanted[3].publication_id) == numbers(wanted)[5:]


@pytest.mark.both_modes
def test_followers_keep_the_posts_of_who_turns_private(ann: Person, ben: Person) -> None:
    post = make_post(ben)
    make_private(ben)
    assert read(ann) == numbers([post]) == plain(ann)
