"""Writing and reading in an open conversation, with both people at it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.messages.thread import choose, field, row, status, texts, write

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.factories import Person

pytestmark = pytest.mark.browser


def test_what_one_writes_the_other_sees_and_both_know_how_far_it_got(
    open_thread: Callable[..., Page], friends: tuple[Person, Person]
) -> None:
    ann, bob = friends
    hers, his = open_thread(ann, bob), open_thread(bob, ann)
    his.bring_to_front()
    write(hers, "hello there")
    row(his, "hello there").wait_for()
    expect(status(hers)).to_contain_text("Seen")
    write(his, "hello back")
    row(hers, "hello back").wait_for()
    assert texts(hers) == ["hello there", "hello back"] == texts(his)
    expect(row(hers, "hello there")).to_have_attribute(
        "id", row(his, "hello there").get_attribute("id") or ""
    )


def test_an_unsent_message_is_a_stub_for_both(
    open_thread: Callable[..., Page], friends: tuple[Person, Person]
) -> None:
    ann, bob = friends
    hers, his = open_thread(ann, bob), open_thread(bob, ann)
    write(hers, "not like this")
    row(his, "not like this").wait_for()
    expect(status(hers)).to_contain_text("Seen")
    choose(hers, "not like this", "Unsend")
    hers.get_by_role("dialog").get_by_role("button", name="Unsend").click()
    for page in (hers, his):
        page.locator(".message-stub").wait_for()
        assert texts(page) == []
    expect(field(hers)).to_be_visible()


def test_who_writes_is_shown_until_they_stop(
    open_thread: Callable[..., Page], friends: tuple[Person, Person]
) -> None:
    ann, bob = friends
    hers, his = open_thread(ann, bob), open_thread(bob, ann)
    field(hers).press_sequentially("hel")
    typing = his.locator(".thread-head").get_by_text("typing …")
    typing.wait_for()
    field(hers).press_sequentially("lo")
    field(hers).press("Enter")
    row(his, "hello").wait_for()
    expect(typing).to_be_hidden()
    field(hers).press_sequentially("again")
    typing.wait_for()
    hers.close()  # case 18: nobody says that they stopped
    expect(typing).to_be_hidden(timeout=10_000)
