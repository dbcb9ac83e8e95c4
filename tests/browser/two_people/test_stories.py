"""Two people and their stories: a Korean phone and an English desk, on two processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from pigeon.services import access
from pigeon.services.stories import stories
from tests.browser.stories.test_new import choose, photo, share, tab
from tests.browser.stories.viewer import Viewer
from tests.factories import age_story
from tests.harness.browser import assert_accessible
from tests.harness.children import wait_until

if TYPE_CHECKING:
    from tests.browser.conftest import Cast
    from tests.harness.pairs import Pair
    from tests.harness.sites import Site

pytestmark = [
    pytest.mark.browser,
    pytest.mark.processes,
    pytest.mark.mariadb,
    pytest.mark.xdist_group("two_people"),
    pytest.mark.timeout(600),
]
SOON = 30_000


def shown_of(site: Site, user_id: int) -> list[int]:
    with site.app.app_context():
        return [card.id for card in stories.shown_of(user_id, access.viewer(user_id))]


def test_a_story_from_its_making_to_its_end(pair: Pair, cast: Cast, site: Site) -> None:
    ann, bob = pair.ann, pair.bob
    cast.follow(bob.person, ann.person)
    cast.follow(ann.person, bob.person)
    ann.follow(pair.processes, "/")
    bob.apart_from(ann, pair.processes, "/")
    name = ann.person.username
    for reader, width, language in ((ann, 390, "ko"), (bob, 1440, "en")):
        expect(reader.page.locator("html")).to_have_attribute("lang", language)
        assert reader.page.evaluate("innerWidth") == width

    ann.page.goto("/stories/new")
    choose(ann.page, photo("1.jpg"), photo("2.jpg"), photo("3.jpg"))
    for number, words in enumerate(("하나", "둘", "셋")):
        tab(ann.page, number).click()
        ann.page.locator(".story-panel:visible textarea").first.fill(words)
    share(ann.page)

    ring = bob.page.locator(f'.tray [data-tray="{name}"] a').first
    expect(ring).to_have_accessible_name(f"Story by {name}, 3 new", timeout=SOON)
    assert bob.is_same_page(), "it came live"
    wait_until(lambda: len(shown_of(site, ann.person.id)) == 3, what="all three")
    first, second, _ = shown_of(site, ann.person.id)

    viewer = Viewer(bob.page)
    ring.click()
    viewer.expect_words("하나")
    bob.page.keyboard.press(" ")  # until Play is pressed nothing goes on by itself
    assert_accessible(bob.page)
    bob.page.wait_for_timeout(1_500)  # longer than a glance
    with bob.page.expect_response("**/reply"):
        bob.page.keyboard.press("l")
    bob.page.keyboard.press("ArrowRight")
    viewer.expect_words("둘")
    bob.page.keyboard.press("r")
    bob.page.keyboard.type("nice")
    with bob.page.expect_response("**/reply"):
        bob.page.keyboard.press("Enter")
    bob.page.keyboard.press("Escape")

    ann.page.goto(f"/stories/{first}/viewers")
    expect(ann.page.get_by_text(bob.person.username).first).to_be_visible()
    expect(ann.page.get_by_text("❤️").first).to_be_visible()
    ann.page.goto(f"/messages/{bob.person.username}")
    expect(ann.page.locator(".message", has_text="nice")).to_be_visible(timeout=SOON)
    expect(ann.page.locator(".message", has_text="❤️")).to_be_visible()

    with site.app.app_context():
        age_story(second, seconds=86_401)  # under the reader's eyes; nobody has taken it away yet
    bob.page.keyboard.press("ArrowRight")
    viewer.expect_words("셋")

    mine = Viewer(ann.page)
    mine.open(ann.person)
    mine.expect_words("하나")
    ann.page.keyboard.press("ArrowRight")
    mine.expect_words("셋")
    ann.page.keyboard.press("Delete")
    question = ann.page.get_by_role("dialog", name="이 스토리를 삭제할까요?")
    question.get_by_role("button", name="스토리 삭제").click()
    viewer.dialog.get_by_text("This story is not there any more.").wait_for(timeout=SOON)
    bob.page.keyboard.press("ArrowRight")  # he paused, so it waits for him
    viewer.expect_closed()
    assert shown_of(site, ann.person.id) == [first]
    assert bob.is_same_page(), "nothing was loaded anew"
    expect(ring).to_have_accessible_name(f"Story by {name}, seen", timeout=SOON)
