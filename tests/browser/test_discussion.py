"""The discussion under a post: written, answered, changed and read, by every way there is."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.factories.comments import Commented, make_comment
from tests.harness.browser import assert_accessible
from tests.harness.children import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Route

    from tests.browser.conftest import Cast
    from tests.factories import Person, Posted
    from tests.harness.sites import Site

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}
MANY = 24
LATEST = f"number {MANY - 1}"


@pytest.fixture
def post(cast: Cast, ann: Person) -> Posted:
    return cast.post(ann, caption="what do you say?", images=1)


@pytest.fixture
def comment(site: Site, post: Posted) -> Callable[..., Commented]:
    def make(author: Person, text: str, **options: Any) -> Commented:
        with site.app.app_context():
            return make_comment(post, author, text=text, **options)

    return make


@pytest.fixture
def many(comment: Callable[..., Commented], ann: Person) -> list[Commented]:
    """More than a page of comments, oldest first."""
    return [comment(ann, f"number {number}") for number in range(MANY)]


@pytest.fixture
def read(as_person: Callable[..., Page], post: Posted) -> Callable[..., Page]:
    """`read(bob)` is the post's page in a browser of bob's."""

    def open_page(person: Person | None = None, place: str = "", **options: Any) -> Page:
        page = as_person(person, **options)
        page.goto(f"/p/{post.id}{place}")
        return page

    return open_page


def field(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Add a comment …")


def row(page: Page, words: str) -> Locator:
    return page.locator(".comment[id]", has_text=words)


def choose(page: Page, words: str, action: str) -> None:
    """An entry of a comment's menu."""
    comment = row(page, words)
    comment.hover()
    comment.locator(".comment-menu > summary").click()
    comment.get_by_role("link", name=action).click()


def comments_of(page: Page) -> Locator:
    return page.locator(".comment-list > .thread > .comment [data-part=text]")


def texts(page: Page) -> list[str]:
    return comments_of(page).all_inner_texts()


def see_texts(page: Page, *words: str) -> None:
    """These comments, each once: what is being sent is there twice for a moment."""
    expect(page.locator("[data-key]")).to_have_count(0)
    with suppress(AssertionError):
        wait_until(lambda: texts(page) == list(words))
    assert texts(page) == list(words)


def top_of(item: Locator) -> float:
    return float(item.evaluate("element => element.getBoundingClientRect().top"))


def test_writing_and_reloading(read: Callable[..., Page], bob: Person) -> None:
    page = read(bob)
    page.get_by_text("No comments yet. Say something kind.").wait_for()
    send = page.get_by_role("button", name="Send")
    expect(send).to_be_disabled()
    field(page).fill("  ")
    expect(send).to_be_disabled()
    field(page).fill("hello\nthere")
    send.click()
    row(page, "hello").wait_for()
    expect(field(page)).to_have_value("")
    expect(page.get_by_text("No comments yet")).to_be_hidden()
    page.reload()
    see_texts(page, "hello\nthere")
    expect(field(page)).to_have_value("")


def test_enter_sends_one_line_and_breaks_several(read: Callable[..., Page], bob: Person) -> None:
    page = read(bob)
    field(page).press_sequentially("one line")
    field(page).press("Enter")
    row(page, "one line").wait_for()
    field(page).press_sequentially("first")
    field(page).press("Shift+Enter")
    field(page).press_sequentially("second")
    field(page).press("Enter")
    expect(field(page)).to_have_value("first\nsecond\n")
    field(page).press("Control+Enter")
    row(page, "second").wait_for()
    see_texts(page, "one line", "first\nsecond")


def test_enter_belongs_to_a_syllable_that_is_composed(
    read: Callable[..., Page], bob: Person
) -> None:
    page = read(bob)
    field(page).focus()
    session = page.context.new_cdp_session(page)
    session.send(
        "Input.imeSetComposition", {"text": "안녀", "selectionStart": 2, "selectionEnd": 2}
    )
    enter = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}
    session.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **enter})
    session.send("Input.dispatchKeyEvent", {"type": "keyUp", **enter})
    session.send("Input.insertText", {"text": "안녕"})
    expect(field(page)).to_have_value("안녕")
    assert not texts(page)
    field(page).press("Enter")
    row(page, "안녕").wait_for()
    see_texts(page, "안녕")


def test_a_reply_stands_below_and_names_who_is_answered(
    read: Callable[..., Page], comment: Callable[..., Commented], ann: Person, bob: Person
) -> None:
    first = comment(ann, "a question")
    comment(ann, "another")
    page = read(bob)
    row(page, "a question").get_by_role("link", name=f"Reply to {ann.username}").click()
    reply = page.get_by_role("textbox", name="Write a reply …")
    expect(reply).to_have_value(f"@{ann.username} ")
    expect(reply).to_be_focused()
    reply.press_sequentially("an answer")
    reply.press("Enter")
    answer = page.locator(f"#replies-{first.id} .comment[id]", has_text="an answer")
    answer.wait_for()
    expect(reply).to_have_count(0)
    page.get_by_role("link", name="Hide replies").click()
    expect(answer).to_be_hidden()
    page.get_by_role("link", name="View 1 reply").click()
    answer.wait_for()

    answer.get_by_role("link", name=f"Reply to {bob.username}").click()
    expect(reply, "nobody addresses themselves").to_have_value("")
    reply.press_sequentially("and more")
    reply.press("Escape")
    expect(reply).to_have_count(0)
    answer.get_by_role("link", name=f"Reply to {bob.username}").click()
    expect(reply, "given up, not lost").to_have_value("and more")
    reply.press("Enter")
    page.locator(f"#replies-{first.id} .comment[id]", has_text="and more").wait_for()
    page.reload()
    page.get_by_role("link", name="View 2 replies").click()
    page.locator(f"#replies-{first.id} .comment[id]", has_text="and more").wait_for()


def test_editing_in_place(
    read: Callable[..., Page], comment: Callable[..., Commented], bob: Person
) -> None:
    comment(bob, "frist words")
    page = read(bob)
    choose(page, "frist words", "Edit")
    edit = page.get_by_role("textbox", name="Edit comment")
    expect(edit).to_have_value("frist words")
    edit.fill("other words")
    edit.press("Escape")
    row(page, "frist words").wait_for()
    choose(page, "frist words", "Edit")
    edit.fill("first words")
    page.get_by_role("button", name="Save").click()
    row(page, "first words").get_by_text("edited").wait_for()
    page.reload()
    row(page, "first words").get_by_text("edited").wait_for()


def test_an_edit_that_was_not_saved_is_found_again(
    read: Callable[..., Page], comment: Callable[..., Commented], bob: Person
) -> None:
    comment(bob, "frist words")
    comment(bob, "another one")
    page = read(bob)
    choose(page, "frist words", "Edit")
    edit = page.get_by_role("textbox", name="Edit comment")
    edit.fill("first words")
    choose(page, "another one", "Edit")
    expect(edit).to_have_value("another one")
    page.reload()
    choose(page, "frist words", "Edit")
    expect(edit).to_have_value("first words")
    page.get_by_role("button", name="Save").click()
    row(page, "first words").get_by_text("edited").wait_for()
    choose(page, "first words", "Edit")
    edit.fill("given up")
    edit.press("Escape")
    choose(page, "first words", "Edit")
    expect(edit).to_have_value("first words")


def test_deleting_can_be_undone(
    read: Callable[..., Page], comment: Callable[..., Commented], bob: Person
) -> None:
    comment(bob, "stays")
    comment(bob, "goes")
    page = read(bob)
    choose(page, "stays", "Delete")
    row(page, "stays").wait_for(state="hidden")
    undo = page.get_by_role("button", name="Undo")
    undo.click()
    row(page, "stays").wait_for()
    undo.wait_for(state="detached")
    choose(page, "goes", "Delete")
    row(page, "goes").wait_for(state="hidden")
    with page.expect_response(lambda answer: answer.request.method == "DELETE") as answer:
        page.get_by_role("button", name="Close").click()
    assert answer.value.status == 204
    page.reload()
    see_texts(page, "stays")


def test_leaving_the_page_ends_undo(
    read: Callable[..., Page], comment: Callable[..., Commented], ann: Person, bob: Person
) -> None:
    comment(bob, "gone with the page")
    page = read(ann)
    choose(page, "gone with the page", "Delete")
    row(page, "gone with the page").wait_for(state="hidden")
    path = page.url
    page.goto("about:blank")
    reader = read(bob)

    def is_gone() -> bool:
        reader.goto(path)
        return not texts(reader)

    wait_until(is_gone)


@pytest.mark.parametrize("options", [{}, {"viewport": PHONE}], ids=["desktop", "phone"])
def test_earlier_comments_do_not_move_what_is_read(
    options: dict[str, Any], read: Callable[..., Page], bob: Person, many: list[Commented]
) -> None:
    page = read(bob, **options)
    first = row(page, "number 4")
    first.wait_for()
    assert not row(page, "number 3").count()
    earlier = page.get_by_role("link", name="Earlier comments")
    earlier.scroll_into_view_if_needed()
    before = top_of(first)
    earlier.click()
    row(page, "number 3").wait_for(state="attached")
    page.locator('.thread[aria-hidden="true"]').first.wait_for(state="detached")
    assert abs(top_of(first) - before) <= 1
    see_texts(page, *(one.text for one in many))
    expect(earlier).to_be_hidden()


def test_the_address_of_a_comment_leads_to_it(
    read: Callable[..., Page], bob: Person, many: list[Commented]
) -> None:
    page = read(bob, f"#comment-{many[1].id}")
    page.locator(f"#comment-{many[1].id}.is-target").wait_for()
    target = page.locator(f"#comment-{many[1].id}")  # it is lit for two seconds
    expect(target).to_be_visible()
    assert 0 < top_of(target) < 900
    page.locator(f"#comment-{many[1].id}:not(.is-target)").wait_for()
    page.get_by_role("link", name="Newest comments").click()
    row(page, LATEST).wait_for()


def test_the_address_of_a_reply_opens_its_thread(
    read: Callable[..., Page],
    comment: Callable[..., Commented],
    bob: Person,
    many: list[Commented],
) -> None:
    replies = [comment(bob, f"reply {number}", answers=many[0]) for number in range(3)]
    page = read(bob, f"#comment-{replies[1].id}")
    page.locator(f"#comment-{replies[1].id}.is-target").wait_for()
    page.get_by_role("link", name="Hide replies").wait_for()


def test_a_comment_that_is_gone_is_said_to_be(read: Callable[..., Page], bob: Person) -> None:
    page = read(bob, "#comment-999999")
    page.get_by_text("This comment is no longer available.").wait_for()


def test_words_survive_an_error_and_are_sent_once(
    read: Callable[..., Page], post: Posted, bob: Person
) -> None:
    page = read(bob)
    keys = []

    def lose_the_answer(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route(f"**/api/v1/posts/{post.id}/comments", lose_the_answer)
    field(page).fill("only once")
    field(page).press("Enter")
    field(page).press_sequentially("the next one")
    page.get_by_role("button", name="Try again").wait_for()
    expect(field(page)).to_have_value("the next one")
    page.get_by_role("button", name="Try again").click()
    row(page, "only once").wait_for()
    page.locator("[data-key]").wait_for(state="detached")
    assert len(keys) == 2
    assert len(set(keys)) == 1
    page.reload()
    see_texts(page, "only once")
    expect(field(page)).to_have_value("the next one")


def test_what_was_sent_and_could_not_be_drawn_stands_there_once(
    read: Callable[..., Page], post: Posted, bob: Person
) -> None:
    page = read(bob)
    drawing = f"**/p/{post.id}/comments?fragment=1"
    page.route(drawing, lambda route: route.abort())
    field(page).fill("sent, not drawn")
    field(page).press("Enter")
    page.locator("[data-sent]", has_text="sent, not drawn").wait_for()
    page.unroute(drawing)
    page.evaluate("document.dispatchEvent(new CustomEvent('live:refetch'))")
    row(page, "sent, not drawn").wait_for()
    expect(comments_of(page)).to_have_count(1)


def test_each_failed_send_is_tried_again_or_discarded_by_itself(
    read: Callable[..., Page], comment: Callable[..., Commented], ann: Person, bob: Person
) -> None:
    comment(ann, "a question")
    page = read(bob, reduced_motion="reduce")
    page.route("**/api/v1/**/comments", lambda route: route.abort())
    page.route("**/api/v1/comments/*/replies", lambda route: route.abort())
    for words in ("one", "two"):
        field(page).fill(words)
        field(page).press("Enter")
        page.locator(".is-unsent", has_text=words).wait_for()
    row(page, "a question").get_by_role("link", name="Reply").click()
    page.get_by_role("textbox", name="Write a reply …").fill("an answer")
    page.keyboard.press("Enter")
    unsent = page.locator(".is-unsent")
    unsent.locator("nth=2").wait_for()
    assert_accessible(page)
    page.reload()
    unsent.locator("nth=2").wait_for()
    unsent.filter(has_text="two").get_by_role("button", name="Discard").click()
    page.unroute_all()
    for words in ("one", "an answer"):
        unsent.filter(has_text=words).get_by_role("button", name="Try again").click()
        row(page, words).wait_for()
    expect(unsent).to_have_count(0)
    page.reload()
    see_texts(page, "a question", "one")
    page.get_by_role("link", name="View 1 reply").wait_for()
    expect(unsent).to_have_count(0)


def test_what_was_cut_off_by_leaving_is_sent_once(
    read: Callable[..., Page], post: Posted, bob: Person
) -> None:
    page = read(bob)
    path = page.url
    page.route(f"**/api/v1/posts/{post.id}/comments", lambda route: route.fetch())
    with page.expect_request(f"**/api/v1/posts/{post.id}/comments"):
        field(page).fill("said in passing")
        field(page).press("Enter")
    reader = read(bob)
    row(reader, "said in passing").wait_for()
    page.goto("/")
    page.unroute_all(behavior="ignoreErrors")
    page.goto(path)
    page.locator("[data-key]").wait_for(state="detached")
    row(page, "said in passing").wait_for()
    see_texts(page, "said in passing")


def test_words_that_are_refused_come_back_into_the_field(
    read: Callable[..., Page], bob: Person
) -> None:
    page = read(bob)
    field(page).fill("x" * 2201)
    field(page).press("Enter")
    page.locator(".comment-field .field-error").first.wait_for()
    expect(field(page)).to_have_value("x" * 2201)
    expect(page.locator(".is-unsent, .is-sending")).to_have_count(0)


def test_words_survive_leaving_the_page(read: Callable[..., Page], bob: Person) -> None:
    page = read(bob)
    path = page.url
    field(page).press_sequentially("not yet sent")
    page.get_by_role("link", name="Home").first.click()
    page.wait_for_url("/")
    page.goto(path)
    expect(field(page)).to_have_value("not yet sent")
    field(page).press("Enter")
    row(page, "not yet sent").wait_for()
    page.reload()
    expect(field(page)).to_have_value("")


def test_what_others_write_appears_and_moves_nothing(
    read: Callable[..., Page], bob: Person, cast: Cast, many: list[Commented]
) -> None:
    reader, writer = read(bob), read(cast.person("eve"))
    watched = row(reader, "number 4")
    watched.scroll_into_view_if_needed()
    before = top_of(watched)
    field(writer).fill("hello from afar")
    field(writer).press("Enter")
    row(writer, "hello from afar").wait_for()
    pill = reader.get_by_role("button", name="1 new comment")
    pill.wait_for()
    assert top_of(watched) == before
    pill.click()
    pill.wait_for(state="hidden")
    expect(comments_of(reader).filter(has_text="hello from afar")).to_have_count(1)
    choose(writer, "hello from afar", "Delete")
    writer.get_by_role("button", name="Close").click()
    row(reader, "hello from afar").wait_for(state="detached")


def test_my_other_tab_shows_it_once(read: Callable[..., Page], bob: Person) -> None:
    page, other = read(bob), read(bob)
    field(page).fill("from here")
    field(page).press("Enter")
    row(other, "from here").wait_for()
    row(page, "from here").wait_for()
    see_texts(page, "from here")
    see_texts(other, "from here")


def test_by_keyboard_alone(
    read: Callable[..., Page], comment: Callable[..., Commented], bob: Person
) -> None:
    comment(bob, "to be changed")
    page = read(bob)
    menu = row(page, "to be changed").locator("summary")
    menu.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_role("textbox", name="Edit comment").wait_for()
    page.keyboard.type("!")
    page.keyboard.press("Control+Enter")
    row(page, "to be changed!").wait_for()
    page.wait_for_function("document.activeElement.matches('.comment')")
    row(page, "to be changed!").get_by_role("link", name="Reply").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("done")
    page.keyboard.press("Enter")
    page.locator(".replies .comment[id]", has_text="done").wait_for()
    page.wait_for_function("document.activeElement.closest('.replies') !== null")


def test_in_the_dialog(
    as_person: Callable[..., Page], ann: Person, post: Posted, many: list[Commented]
) -> None:
    page = as_person(ann)
    page.locator(f"#post-{post.id} .post-time").click()
    dialog = page.locator("#post-dialog[open]")
    dialog.get_by_text("what do you say?").wait_for()
    composer = dialog.get_by_role("textbox", name="Add a comment …")
    expect(composer).to_be_in_viewport(ratio=1)
    composer.fill("said over the page")
    composer.press("Enter")
    dialog.locator(".comment[id]", has_text="said over the page").wait_for()
    dialog.locator(".comment[id]", has_text=LATEST).get_by_role("link", name="Reply").click()
    reply = dialog.get_by_role("textbox", name="Write a reply …")
    expect(reply).to_be_focused()
    page.keyboard.press("Escape")
    expect(reply).to_have_count(0)
    page.wait_for_timeout(200)  # a step back in history comes a moment later
    expect(dialog, "the field closes, the dialog stays").to_be_visible()
    page.keyboard.press("Escape")
    page.wait_for_url("/")


def test_messages_are_in_reach_over_a_dialog_and_after_it(
    as_person: Callable[..., Page], comment: Callable[..., Commented], ann: Person, post: Posted
) -> None:
    comment(ann, "twice deleted")
    page = as_person(ann)
    page.locator(f"#post-{post.id} .post-time").click()
    dialog = page.locator("#post-dialog[open]")
    dialog.get_by_text("twice deleted").wait_for()
    choose(page, "twice deleted", "Delete")
    page.get_by_role("button", name="Undo").click()
    row(page, "twice deleted").wait_for()
    choose(page, "twice deleted", "Delete")
    row(page, "twice deleted").wait_for(state="hidden")
    page.keyboard.press("Escape")
    page.wait_for_url("/")
    page.get_by_role("button", name="Undo").last.wait_for()
    page.wait_for_function("document.getElementById('toasts').parentElement === document.body")


def test_without_scripts(
    read: Callable[..., Page],
    comment: Callable[..., Commented],
    bob: Person,
    many: list[Commented],
) -> None:
    comment(bob, "answered before", answers=many[-1])
    page = read(bob, java_script_enabled=False)
    field(page).fill("x" * 2201)
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".comment-field .field-error").first).to_be_visible()
    expect(field(page)).to_have_value("x" * 2201)
    field(page).fill("plain words")
    page.get_by_role("button", name="Send").click()
    page.wait_for_url(re.compile(r"#comment-\d+$"))
    row(page, "plain words").wait_for()

    row(page, LATEST).get_by_role("link", name="Reply").click()
    row(page, "answered before").wait_for()
    page.get_by_role("textbox", name="Write a reply …").fill("plain answer")
    page.locator("#reply").get_by_role("button", name="Send").click()
    row(page, "plain answer").wait_for()

    choose(page, "plain words", "Edit")
    page.get_by_role("textbox", name="Edit comment").fill("plainer words")
    page.get_by_role("button", name="Save").click()
    choose(page, "plainer words", "Delete")
    page.get_by_role("button", name="Delete comment").click()
    page.get_by_text("The comment was deleted.").wait_for()
    page.wait_for_load_state()
    expect(row(page, "plainer words")).to_have_count(0)
    page.get_by_role("link", name="Earlier comments").click()
    row(page, "number 0").wait_for()


@pytest.mark.parametrize("viewport", [PHONE, {"width": 1280, "height": 900}], ids=["phone", "wide"])
def test_nothing_is_in_the_way_of_anybody(
    viewport: dict[str, int],
    read: Callable[..., Page],
    comment: Callable[..., Commented],
    bob: Person,
    many: list[Commented],
) -> None:
    comment(bob, "a reply", answers=many[-1])
    page = read(bob, viewport=viewport, reduced_motion="reduce")
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        assert_accessible(page)
    page.get_by_role("link", name="View 1 reply").click()
    row(page, "a reply").get_by_role("link", name="Reply").click()
    row(page, "a reply").locator("summary").click()
    assert_accessible(page)
    page.locator(".comment-form.is-reply .comment-emoji > summary").click()
    assert_accessible(page)
    page.wait_for_function("() => document.documentElement.scrollWidth <= innerWidth")


def test_an_author_comments_before_the_pictures_are_ready(
    as_person: Callable[..., Page], cast: Cast, ann: Person
) -> None:
    post = cast.post(ann, caption="soon", images=1, state="processing")
    page = as_person(ann)
    page.goto(f"/p/{post.id}")
    field(page).fill("first!")
    field(page).press("Enter")
    row(page, "first!").wait_for()
    page.reload()
    see_texts(page, "first!")


def test_closed_comments_and_strangers(
    read: Callable[..., Page], site: Site, post: Posted, bob: Person, ann: Person
) -> None:
    stranger = read()
    stranger.get_by_role("link", name="Log in to comment").wait_for()
    with site.app.app_context():
        from pigeon.services.posts import changes as posts_changes

        posts_changes.edit(post.id, by=ann.id, comments_open=False)
    page = read(bob)
    page.get_by_text("Comments are turned off for this post.").wait_for()
    assert not field(page).count()


def test_strangers_and_closed_comments_keep_what_needs_no_writing(
    read: Callable[..., Page],
    site: Site,
    post: Posted,
    ann: Person,
    bob: Person,
    many: list[Commented],
    comment: Callable[..., Commented],
) -> None:
    comment(bob, "mine to change")
    with site.app.app_context():
        from pigeon.services.posts import changes as posts_changes

        posts_changes.edit(post.id, by=ann.id, comments_open=False)
    for reader in (None, bob):
        page = read(reader)
        page.get_by_role("link", name="Earlier comments").click()
        row(page, "number 3").wait_for(state="attached")
    choose(page, "mine to change", "Edit")
    page.get_by_role("textbox", name="Edit comment").fill("changed")
    page.get_by_role("button", name="Save").click()
    row(page, "changed").get_by_text("edited").wait_for()


def test_a_closed_thread_forgets_replies_that_are_deleted(
    read: Callable[..., Page], comment: Callable[..., Commented], site: Site, ann: Person
) -> None:
    first = comment(ann, "a question")
    replies = [comment(ann, f"reply {number}", answers=first) for number in range(2)]
    page = read(ann)
    page.get_by_role("link", name="View 2 replies").wait_for()
    page.wait_for_function("document.querySelector('[data-part=comments]').dataset.total === '3'")
    with site.app.app_context():
        from pigeon.services.comments import changes as comments_changes

        for reply, label in zip(replies, ("View 1 reply", None), strict=True):
            comments_changes.remove(reply.id, by=ann.id)
            if label:
                page.get_by_role("link", name=label).wait_for()
    page.locator(".replies-toggle").wait_for(state="hidden")


def test_what_was_missed_is_fetched_and_what_is_gone_leaves(
    read: Callable[..., Page],
    comment: Callable[..., Commented],
    site: Site,
    ann: Person,
    bob: Person,
    as_person: Callable[..., Page],
    post: Posted,
) -> None:
    first, second = comment(ann, "stays"), comment(ann, "goes")
    page = as_person(bob)
    page.route_web_socket("**/socket.io/**", lambda _: None)  # nothing is heard of what happens
    page.goto(f"/p/{post.id}")
    row(page, "goes").wait_for()
    comment(ann, "came meanwhile")
    comment(ann, "an answer", answers=first)
    with site.app.app_context():
        from pigeon.services.comments import changes as comments_changes

        comments_changes.remove(second.id, by=ann.id)
    page.evaluate("document.dispatchEvent(new CustomEvent('live:refetch'))")
    row(page, "came meanwhile").wait_for(state="attached")
    row(page, "goes").wait_for(state="detached")
    page.get_by_role("link", name="View 1 reply").wait_for()
    see_texts(page, "stays", "came meanwhile")


def test_a_little_picture_lands_where_one_writes(read: Callable[..., Page], bob: Person) -> None:
    page = read(bob)
    field(page).fill("ab")
    field(page).press("ArrowLeft")
    page.locator(".discussion-dock .comment-emoji > summary").click()
    page.get_by_role("button", name="👏").click()
    expect(field(page)).to_have_value("a👏b")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="👏")).to_be_hidden()
