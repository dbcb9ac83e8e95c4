"""A picture that a browser has is shown again only to who may still see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from pigeon.services.follows import follows
from pigeon.services.posts import posts
from pigeon.services.users import users
from tests.factories import make_follow, make_post, make_user

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.harness.sites import Site

pytestmark = pytest.mark.browser

WIDTH = """(address) => new Promise((done) => {
  const picture = new Image();
  picture.onload = () => done(picture.naturalWidth);
  picture.onerror = () => done(0);
  picture.src = address;
})"""


def _shows(page: Page, address: str) -> bool:
    """In a page that is loaded anew: what one page holds in memory it need not ask for."""
    page.reload()
    return bool(page.evaluate(WIDTH, address))


def test_a_picture_is_asked_for_again_after_a_removal_and_refused(
    site: Site, page_for: Callable[..., Any]
) -> None:
    with site.app.app_context():
        ann, fan = make_user(), make_user()
        make_follow(fan, ann)
        users.update_profile(ann.id, {"is_private": True})
        address = posts.get(make_post(ann, images=1).id, ann.id).images[0].url
    page = page_for(site, fan)
    answers: list[int] = []
    page.on(
        "response",
        lambda answer: answers.append(answer.status) if address in answer.url else None,
    )
    assert _shows(page, address) and _shows(page, address)
    assert len(answers) == 2, "asked for each time"
    with site.app.app_context():
        follows.remove_follower(fan.id, by=ann.id)
    assert not _shows(page, address)
    assert answers[2:] == [404]
