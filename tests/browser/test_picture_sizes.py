"""A screen fetches the smallest files that fill it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from pigeon.services.posts import posts
from pigeon.services.users import avatars, users
from tests.factories import make_follow, make_user
from tests.factories.uploads import make_processing_post, make_upload
from tests.harness.children import wait_until
from tests.stores import hostile

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.factories import Person
    from tests.harness.sites import Site

pytestmark = pytest.mark.browser
LOADED = "async (image) => { await image.decode(); return image.currentSrc; }"
KIND = re.compile(r"/media/[0-9a-f]{32}-([a-z0-9]+)\.")


@pytest.fixture
def fan(site: Site) -> Person:
    """Follows somebody with a picture of themselves and a post of one large photograph."""
    with site.app.app_context():
        ann, fan = make_user(), make_user()
        make_follow(fan, ann)
        avatars.set_avatar(ann.id, make_upload(hostile.photograph()), "")
        post = make_processing_post(ann, hostile.photograph())
        wait_until(lambda: posts.get(int(post.id), ann.id).state == "published", timeout_s=60)
        wait_until(lambda: users.get_me(ann.id).avatar_url is not None, timeout_s=60)
    return fan


@pytest.mark.parametrize(
    ("width", "density", "photograph", "avatar"),
    [
        (360, 2, "w720", "s128"),
        (412, 1.75, "w720", "s128"),
        (412, 2.625, "w1080", "s128"),
        (390, 3, "w1080", "s128"),
        (430, 3, "w1080", "s128"),
        (1440, 1, "w640", "s64"),
    ],
)
def test_a_screen_fetches_the_smallest_files_that_fill_it(
    as_person: Callable[..., Page],
    fan: Person,
    *,
    width: int,
    density: float,
    photograph: str,
    avatar: str,
) -> None:
    viewport = {"width": width, "height": 900}
    page = as_person(fan, viewport=viewport, device_scale_factor=density)
    shown = page.locator(".post-card").first
    fetched = {
        kind
        for name in (".photo-image", ".avatar")
        for kind in KIND.findall(_loaded(shown.locator(name).first))
    }
    assert fetched == {photograph, avatar}


def _loaded(picture: Locator) -> str:
    return str(picture.evaluate(LOADED))
