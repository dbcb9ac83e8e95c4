"""A picture at full size over the page: by mouse, by finger, by keyboard, and without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.factories import posts as post_factory
from tests.harness.browser import ALL_RULES, PHONE, assert_accessible
from tests.harness.children import wait_until
from tests.harness.hands import Hand
from tests.harness.pictures import webp

if TYPE_CHECKING:
    from playwright.sync_api import FloatRect, Locator, Page

    from tests.browser.conftest import Cast
    from tests.factories import Person, Posted
    from tests.harness.browser import Visits

pytestmark = pytest.mark.browser
WIDTH, HEIGHT = 2048, 1536
VARIANTS = (
    ("w320", 320, 240, "image/webp"),
    ("w2048", WIDTH, HEIGHT, "image/webp"),
    ("jpeg", 320, 240, "image/jpeg"),
    ("thumb", 32, 32, "image/webp"),
)
STRIP = (("w2048", 2048, 341, "image/webp"), ("thumb", 32, 32, "image/webp"))
TOUCH: dict[str, Any] = {"viewport": PHONE, "is_mobile": True, "has_touch": True}
LIKE = re.compile(r"/like$")
ZOOM_OUT_OF_A_WINDOW = {"width": 320, "height": 256}  # 1280 by 1024 at 400 %
MESSAGE = """(href) => {
  const link = Object.assign(document.createElement("a"), { href, id: "message" });
  const picture = Object.assign(new Image(160, 120), { src: href, alt: "from a friend" });
  link.dataset.behavior = "lightbox";
  link.append(picture);
  document.querySelector("main").prepend(link);
}"""


@pytest.fixture(autouse=True)
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(post_factory, "VARIANTS", VARIANTS)


@pytest.fixture
def post(cast: Cast, ann: Person) -> Posted:
    return cast.post(ann, caption="one", images=1, alt="a window")


@pytest.fixture
def still(as_person: Callable[..., Page]) -> Callable[..., Page]:
    """Pictures arrive at once, so that what is measured is where they stay."""

    def open_page(person: Person | None = None, **options: Any) -> Page:
        return as_person(person, reduced_motion="reduce", **options)

    return open_page


def control(place: Page | Locator) -> Locator:
    return place.get_by_role("link", name="View full size")


def viewer(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Photo viewer")


def button(page: Page, name: str) -> Locator:
    return viewer(page).get_by_role("button", name=name, exact=True)


def open_viewer(page: Page, path: str) -> None:
    page.goto(path)
    control(page).first.click()
    wait_for_picture(page)


def wait_for_picture(page: Page) -> None:
    viewer(page).wait_for()
    page.locator(".lightbox-stage:not(.is-waiting)").wait_for()


def box(page: Page, selector: str = ".lightbox-picture") -> FloatRect:
    found = page.locator(selector).bounding_box()
    assert found
    return found


def scale(page: Page) -> float:
    return box(page)["width"] / WIDTH


def under(page: Page, x: float, y: float) -> tuple[float, float]:
    """The point of the picture that is at this point of the window, in its own pixels."""
    found = box(page)
    return (x - found["x"]) / scale(page), (y - found["y"]) / scale(page)


def expect_fitted(page: Page) -> None:
    """Whole, as large as the stage lets it be, in its middle."""
    stage, found = box(page, ".lightbox-stage"), box(page)
    fits = min(1, stage["width"] / WIDTH, stage["height"] / HEIGHT)
    assert scale(page) == pytest.approx(fits, rel=0.01)
    assert found["x"] * 2 + found["width"] == pytest.approx(stage["x"] * 2 + stage["width"], abs=2)
    assert found["y"] * 2 + found["height"] == pytest.approx(
        stage["y"] * 2 + stage["height"], abs=2
    )


def expect_filled(page: Page) -> None:
    """What is larger than the stage leaves no gap at its edges."""
    stage, found = box(page, ".lightbox-stage"), box(page)
    assert found["x"] <= stage["x"] + 0.5
    assert found["y"] <= stage["y"] + 0.5
    assert found["x"] + found["width"] >= stage["x"] + stage["width"] - 0.5
    assert found["y"] + found["height"] >= stage["y"] + stage["height"] - 0.5


def test_the_small_picture_shows_until_the_large_one_is_there(
    still: Callable[..., Page], post: Posted
) -> None:
    page = still(viewport={"width": 300, "height": 800})  # for which the page needs no large one
    held: list[Any] = []
    page.goto(f"/p/{post.id}")
    page.route("**/*-w2048.webp", lambda route: held.append(route))
    control(page).click()
    viewer(page).wait_for()
    layers = page.locator(".lightbox-layer")
    expect(layers.first).to_have_js_property("naturalWidth", 320)
    expect(layers.last).to_have_attribute("alt", "a window")
    expect(page.locator(".lightbox-stage")).to_have_class(re.compile("is-waiting"))
    expect(viewer(page).get_by_text("a window", exact=True)).to_be_visible()
    wait_until(lambda: page.evaluate("1") and held, what="the request for the large picture")
    held[0].continue_()
    wait_for_picture(page)
    expect(layers.last).to_have_js_property("naturalWidth", WIDTH)


def test_a_picture_that_does_not_come_is_said(still: Callable[..., Page], post: Posted) -> None:
    page = still(viewport={"width": 300, "height": 800})
    page.goto(f"/p/{post.id}")
    page.route("**/*-w2048.webp", lambda route: route.abort())
    control(page).click()
    viewer(page).locator(".lightbox-caption", has_text="did not load").wait_for()
    expect(page.locator(".lightbox-layer").first).to_have_attribute("alt", "a window")


def test_the_wheel_zooms_towards_the_pointer(still: Callable[..., Page], post: Posted) -> None:
    page = still()
    open_viewer(page, f"/p/{post.id}")
    expect_fitted(page)
    x, y = 820, 360
    page.mouse.move(x, y)
    before, small = under(page, x, y), scale(page)
    for _ in range(3):
        page.mouse.wheel(0, -200)
    page.wait_for_function(
        "was => document.querySelector('.lightbox-picture').getBoundingClientRect().width > was",
        arg=small * WIDTH * 3,
    )
    assert under(page, x, y) == pytest.approx(before, abs=2)
    for _ in range(8):
        page.mouse.wheel(0, 400)
    page.locator(".lightbox-stage:not(.is-zoomed)").wait_for()
    expect_fitted(page)


def test_a_drag_follows_the_mouse_and_ends_at_the_edges(
    still: Callable[..., Page], post: Posted
) -> None:
    page = still()
    open_viewer(page, f"/p/{post.id}")
    page.mouse.dblclick(720, 450)
    assert scale(page) == pytest.approx(1)
    expect_filled(page)
    before = box(page)
    page.mouse.move(720, 450)
    page.mouse.down()
    page.mouse.move(760, 430)
    after = box(page)
    assert (after["x"] - before["x"], after["y"] - before["y"]) == pytest.approx((40, -20), abs=0.5)
    for x, y in ((1430, 890), (10, 10)):
        page.mouse.move(x, y)
        page.mouse.up()
        expect_filled(page)
        page.mouse.move(1440 - x, 900 - y)
        page.mouse.down()
    page.mouse.up()
    page.mouse.dblclick(720, 450)
    expect_fitted(page)
    page.mouse.down()
    page.mouse.move(20, 450, steps=3)
    page.mouse.up()
    page.evaluate("() => new Promise((done) => setTimeout(done, 100))")
    expect(viewer(page), "a drag is no click beside the picture").to_be_visible()


def test_keys_and_buttons(still: Callable[..., Page], post: Posted) -> None:
    page = still()
    open_viewer(page, f"/p/{post.id}")
    press, whole = page.keyboard.press, scale(page)
    expect(viewer(page)).to_be_focused()
    expect(button(page, "Zoom out")).to_have_attribute("aria-disabled", "true")
    press("+")
    assert scale(page) == pytest.approx(whole * 1.5)
    press("+")
    before = box(page)
    press("ArrowRight")
    press("ArrowDown")
    after = box(page)
    assert (after["x"] - before["x"], after["y"] - before["y"]) == pytest.approx((-80, -80))
    for _ in range(30):
        press("ArrowLeft")
        press("ArrowUp")
    expect_filled(page)
    press("-")
    assert scale(page) == pytest.approx(whole * 1.5)
    press("0")
    expect_fitted(page)
    button(page, "Zoom in").click()
    button(page, "Zoom in").click()
    button(page, "Zoom out").click()
    assert scale(page) == pytest.approx(whole * 1.5)
    button(page, "Fit to the window").click()
    expect_fitted(page)
    for _ in range(12):
        press("+")
    assert scale(page) == pytest.approx(4), "and no further"
    expect(button(page, "Zoom in")).to_have_attribute("aria-disabled", "true")


def test_fingers_pinch_drag_and_tap(still: Callable[..., Page], post: Posted) -> None:
    page = still(**TOUCH)
    open_viewer(page, f"/p/{post.id}")
    hand, whole = Hand(page), scale(page)
    x, y = 150, box(page)["y"] + box(page)["height"] / 2
    before = under(page, x, y)
    hand.pinch(x, y, apart=(40, 240))
    assert scale(page) == pytest.approx(whole * 6, rel=0.05)
    assert under(page, x, y) == pytest.approx(before, abs=4)
    place = box(page)
    hand.drag(200, 400, by=(-60, 30))
    moved = box(page)
    assert (moved["x"] - place["x"], moved["y"] - place["y"]) == pytest.approx((-60, 30), abs=1)
    for by in ((380, 800), (-380, -800)):
        for _ in range(6):
            hand.drag(195 - by[0] / 2, 420 - by[1] / 2.5, by=by)
        expect_filled(page)
    hand.pinch(195, 420, apart=(300, 20))
    expect_fitted(page)
    for _ in range(2):
        hand.tap(195, 420)
    page.locator(".lightbox-stage.is-zoomed").wait_for()
    assert scale(page) == pytest.approx(1)


def test_a_panorama_is_a_strip_no_longer(
    still: Callable[..., Page], cast: Cast, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post_factory, "VARIANTS", STRIP)
    post = cast.post(ann, images=1)
    page = still(**TOUCH)
    open_viewer(page, f"/p/{post.id}")
    assert box(page)["height"] < 70
    expect(viewer(page).locator(".lightbox-caption")).to_be_hidden()
    for _ in range(2):
        Hand(page).tap(195, 430)
    page.locator(".lightbox-stage.is-zoomed").wait_for()
    assert box(page)["height"] == pytest.approx(341)


@pytest.mark.parametrize("way", ["Escape", "Back", "Close", "beside", "twice"])
def test_closing_leaves_the_page_as_it_was(
    way: str, still: Callable[..., Page], cast: Cast, ann: Person
) -> None:
    posts = [cast.post(ann, caption=f"number {n}", images=1) for n in range(4)]
    page = still(ann)
    page.goto("/people")
    page.goto("/")
    link = control(page.locator(f"#feed > #post-{posts[1].id}"))
    link.scroll_into_view_if_needed()
    link.hover()
    scrolled = page.evaluate("scrollY")
    assert scrolled > 0
    link.click()
    wait_for_picture(page)
    if way == "Escape":
        page.keyboard.press("Escape")
    elif way == "twice":
        button(page, "Close").evaluate("close => [1, 2].forEach(() => close.click())")
    elif way == "Back":
        page.go_back()
    elif way == "Close":
        button(page, "Close").click()
    else:
        page.mouse.click(20, 450)
    viewer(page).wait_for(state="detached")
    expect(link).to_be_focused()
    page.evaluate("() => new Promise((done) => setTimeout(done, 100))")
    expect(link).to_be_focused()
    expect(page).to_have_url(re.compile(r":\d+/$"))
    assert page.evaluate("scrollY") == pytest.approx(scrolled, abs=1)
    expect(page.locator("html.has-dialog")).to_have_count(0)
    if way == "Back":
        page.go_forward()
        wait_for_picture(page)
        page.go_back()
        viewer(page).wait_for(state="detached")
        expect(link).to_be_focused()


def test_opening_is_no_like(
    still: Callable[..., Page], cast: Cast, ann: Person, bob: Person, post: Posted
) -> None:
    cast.follow(bob, ann)
    page = still(bob)
    likes: list[str] = []
    page.on("request", lambda request: likes.extend(LIKE.findall(request.url)))
    card = page.locator(f"#feed > #post-{post.id}")
    control(card).dblclick()
    wait_for_picture(page)
    page.mouse.dblclick(720, 450)
    page.keyboard.press("Escape")
    viewer(page).wait_for(state="detached")
    assert likes == []
    expect(card.get_by_role("button", name="Like", exact=True)).to_be_visible()
    with page.expect_request(LIKE):
        card.locator(".photo").dblclick(position={"x": 60, "y": 60})
    expect(viewer(page), "and a like opens nothing").to_have_count(0)


def test_over_the_dialog_of_a_post_back_closes_one_at_a_time(
    still: Callable[..., Page], ann: Person, post: Posted
) -> None:
    page = still(ann)
    page.locator(f"#feed > #post-{post.id} .post-time").click()
    below = page.locator("#post-dialog[open]")
    below.wait_for()
    control(below).click()
    wait_for_picture(page)
    page.go_back()
    viewer(page).wait_for(state="detached")
    expect(below).to_be_visible()
    expect(control(below)).to_be_focused()
    page.go_back()
    page.locator("#post-dialog:not([open])").wait_for(state="attached")
    page.wait_for_url("/")


def test_the_keys_of_the_page_are_quiet(
    still: Callable[..., Page], cast: Cast, ann: Person
) -> None:
    for number in range(2):
        cast.post(ann, caption=f"number {number}", images=1)
    page = still(ann)
    open_viewer(page, "/")
    likes: list[str] = []
    page.on("request", lambda request: likes.extend(LIKE.findall(request.url)))
    for key in ("j", "l", "n", "g", "p", "?", "/"):
        page.keyboard.press(key)
    page.mouse.click(720, 450)
    page.keyboard.press("n")
    expect(page.get_by_role("dialog")).to_have_count(1)
    page.keyboard.press("Escape")
    viewer(page).wait_for(state="detached")
    assert likes == []
    expect(page).to_have_url(re.compile(r":\d+/$"))


def test_several_pictures_are_leafed_through(
    still: Callable[..., Page], cast: Cast, ann: Person
) -> None:
    post = cast.post(ann, images=3, alt="a window")
    page = still()
    open_viewer(page, f"/p/{post.id}")
    count = viewer(page).locator(".lightbox-count")
    back, on = button(page, "Previous photo"), button(page, "Next photo")
    expect(count).to_have_text("1 / 3")
    expect(back).to_be_hidden()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    expect(count).to_have_text("2 / 3")
    page.keyboard.press("+")
    page.keyboard.press("ArrowRight")
    expect(count, "which moves a picture that is zoomed").to_have_text("2 / 3")
    on.click()
    expect(count).to_have_text("3 / 3")
    expect(viewer(page).get_by_role("status")).to_have_text("3 of 3")
    expect_fitted(page)
    expect(on).to_be_hidden()
    page.keyboard.press("ArrowLeft")
    expect(count, "the focus is still in the viewer").to_have_text("2 / 3")
    page.keyboard.press("Escape")
    viewer(page).wait_for(state="detached")
    page.locator(".carousel-chip", has_text="2/3").wait_for()
    expect(control(page.locator(".carousel-slide").nth(1))).to_be_focused()


def test_a_finger_leafs(still: Callable[..., Page], cast: Cast, ann: Person) -> None:
    post = cast.post(ann, images=2)
    page = still(**TOUCH)
    open_viewer(page, f"/p/{post.id}")
    hand, count = Hand(page), viewer(page).locator(".lightbox-count")
    hand.drag(200, 420, by=(40, 0))
    expect_fitted(page)
    hand.drag(300, 420, by=(-150, 10))
    expect(count).to_have_text("2 / 2")
    hand.drag(300, 420, by=(-150, 10))
    expect(count).to_have_text("2 / 2")
    expect_fitted(page)
    hand.drag(100, 420, by=(150, 10))
    expect(count).to_have_text("1 / 2")


def test_a_picture_in_a_link_opens_by_a_click_on_it(
    still: Callable[..., Page], post: Posted
) -> None:
    page = still()
    page.goto(f"/p/{post.id}")
    href = control(page).get_attribute("href")
    page.evaluate(MESSAGE, href)
    page.get_by_role("img", name="from a friend").click()
    wait_for_picture(page)
    expect(viewer(page).get_by_role("img", name="from a friend")).to_have_count(1)
    expect_fitted(page)
    page.keyboard.press("Escape")
    expect(page.locator("#message")).to_be_focused()


def test_on_a_desk_the_control_comes_with_the_pointer_or_the_focus(
    still: Callable[..., Page], post: Posted
) -> None:
    page = still()
    page.goto(f"/p/{post.id}")
    link = control(page)
    page.mouse.move(5, 5)
    expect(link).to_have_css("opacity", "0")
    page.locator(".photo").hover(position={"x": 60, "y": 60})
    expect(link).to_have_css("opacity", "1")
    page.mouse.move(5, 5)
    expect(link).to_have_css("opacity", "0")
    page.keyboard.press("Tab")
    link.focus()
    expect(link).to_have_css("opacity", "1")
    phone = still(**TOUCH)
    phone.goto(f"/p/{post.id}")
    expect(control(phone)).to_have_css("opacity", "1")
    assert {control(phone).bounding_box()[side] for side in ("width", "height")} == {44}  # type: ignore[index]


def test_without_scripts_the_link_leads_to_the_largest_picture(
    as_person: Callable[..., Page], visits: Visits, post: Posted
) -> None:
    page = as_person(java_script_enabled=False)
    page.goto(f"/p/{post.id}")
    with page.expect_response("**/*-w2048.webp") as answer:
        control(page).click()
    page.wait_for_url("**/*-w2048.webp")
    assert answer.value.body() == webp(WIDTH, HEIGHT)
    expect(page.locator("img")).to_have_js_property("naturalWidth", WIDTH)
    visits.faults.clear()  # the browser's own style for a lone picture is refused, like any


@pytest.mark.timeout(600)
def test_axe_finds_nothing_in_either_theme_or_language(
    still: Callable[..., Page], cast: Cast, ann: Person
) -> None:
    cast.post(ann, images=2, alt="a window")
    for locale in ("en-US", "ko-KR"):
        page = still(ann, locale=locale)
        card = page.locator("#feed > article").first
        card.locator(".photo-full").first.focus()
        for theme, rules in (("light", ALL_RULES), ("dark", ["color-contrast"])):
            page.evaluate("theme => (document.documentElement.dataset.theme = theme)", theme)
            assert_accessible(page, rules)
            card.locator(".photo-full").first.click()
            page.locator("dialog.lightbox").wait_for()
            for size in (PHONE, {"width": 1440, "height": 900}):
                page.set_viewport_size(size)  # type: ignore[arg-type]
                assert_accessible(page, rules)
            page.keyboard.press("Escape")
            page.locator("dialog.lightbox").wait_for(state="detached")


def test_at_400_percent_nothing_is_lost(
    still: Callable[..., Page], cast: Cast, ann: Person
) -> None:
    post = cast.post(ann, images=2, alt="a window on a wall. " * 20)
    page = still(viewport=ZOOM_OUT_OF_A_WINDOW)
    open_viewer(page, f"/p/{post.id}")
    for name in ("Zoom out", "Zoom in", "Fit to the window", "Close", "Next photo"):
        expect(button(page, name)).to_be_in_viewport(ratio=1)
    assert box(page, ".lightbox-stage")["height"] > 100
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert_accessible(page)
    button(page, "Next photo").click()
    expect(viewer(page).locator(".lightbox-count")).to_be_in_viewport(ratio=1)
