"""Presence across two realtime processes: it is told at once, and a kill makes nobody blink."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.presence.places import choose, note_states, noted_states, see, words

if TYPE_CHECKING:
    from tests.browser.conftest import Cast
    from tests.harness.pairs import Pair

pytestmark = [
    pytest.mark.browser,
    pytest.mark.processes,
    pytest.mark.mariadb,
    pytest.mark.xdist_group("two_people"),
    pytest.mark.timeout(600),  # the first one starts all of the site
]


@pytest.mark.no_second_look
def test_presence_goes_from_one_process_to_the_other(pair: Pair, cast: Cast) -> None:
    people = pair.ann.person, pair.bob.person
    cast.follow(*people)
    cast.follow(*people[::-1])
    ann, bob = pair.ann.page, pair.bob.page
    pair.meet("/messages", f"/messages/{pair.ann.person.username}")
    see(bob, pair.ann.person, "available")
    expect(words(bob, pair.ann.person)).to_have_text("Active now")
    choose(ann, "다른 용무 중")
    see(bob, pair.ann.person, "busy")
    choose(ann, "활동 중")
    see(bob, pair.ann.person, "available")

    note_states(bob, pair.ann.person)
    pair.processes.kill(pair.ann.process)  # her page comes back by itself, to whichever is there
    bob.wait_for_timeout(15_000)  # longer than a last socket is waited for
    pair.ann.go_live(ann, "/people")
    assert set(noted_states(bob)) == {"available"}
    assert pair.bob.is_same_page()
    ann.close()
    see(bob, pair.ann.person, "offline")
    expect(words(bob, pair.ann.person)).to_have_text("Active a moment ago")
