"""What is sent is there at the key, once, in order, and honest about how far it got."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from pigeon.services.messages import reading
from pigeon.services.users import users
from tests.browser.messages.thread import field, row, status, texts, write
from tests.harness.children import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Page, WebSocketRoute

    from tests.browser.conftest import Cast
    from tests.factories import Person
    from tests.harness.sites import Site

pytestmark = pytest.mark.browser
Friends = tuple["Person", "Person"]
AT_THE_KEY = """() => {
  const input = document.querySelector("#message-text");
  input.value = "at once";
  input.dispatchEvent(new Event("input", { bubbles: true }));
  const enter = { key: "Enter", bubbles: true, cancelable: true };
  input.dispatchEvent(new KeyboardEvent("keydown", enter));
  const row = document.querySelector(".message.is-mine:last-child");
  return [row?.querySelector("[data-part=text]").textContent, row?.innerText, input.value];
}"""


@pytest.fixture
def stored(site: Site) -> Callable[[Friends], list[str]]:
    def read(friends: Friends) -> list[str]:
        with site.app.app_context():
            page = reading.page(friends[0].id, friends[1].username)
            return [message.text for message in page.items[::-1]]

    return read


class Wire:
    """The socket of a page, which can be cut, or lose what the server says."""

    def __init__(self) -> None:
        self.is_cut = False
        self.drops: Callable[[str], bool] = lambda _: False
        self.answers: Callable[[str], str | None] = lambda _: None
        self.sent: list[str] = []
        self.lost: list[str] = []
        self._routes: list[WebSocketRoute] = []

    def bind(self, page: Page) -> None:
        page.route_web_socket(re.compile("socket.io"), self._route)

    def cut(self) -> None:
        self.is_cut = True
        for route in self._routes:
            route.close()

    def _route(self, route: WebSocketRoute) -> None:
        if self.is_cut:
            route.close()
            return
        self._routes.append(route)
        server = route.connect_to_server()
        route.on_message(lambda said: self._take(route, server, said))
        server.on_message(lambda said: self._pass_on(route, said))

    def _take(self, route: WebSocketRoute, server: WebSocketRoute, said: Any) -> None:
        self.sent.append(str(said))
        answer = self.answers(str(said))
        if answer is None:
            server.send(said)
        else:
            route.send(answer)

    def _pass_on(self, route: WebSocketRoute, said: Any) -> None:
        if self.drops(str(said)):
            self.lost.append(str(said))
        else:
            route.send(said)


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def open_wired(as_person: Callable[..., Page], wire: Wire) -> Callable[..., Page]:
    def open_page(person: Person, partner: Person) -> Page:
        page = as_person(person)
        wire.bind(page)
        page.goto(f"/messages/{partner.username}")
        wait_until(lambda: page.wait_for_timeout(20) is None and wire.sent, what="a connection")
        return page

    return open_page


def test_it_stands_there_before_the_key_is_let_go(
    open_thread: Callable[..., Page], friends: Friends, stored: Callable[[Friends], list[str]]
) -> None:
    page = open_thread(*friends)
    words, shown, left = page.evaluate(AT_THE_KEY)
    assert words == "at once" and left == ""
    assert "Sending …" in shown
    expect(status(page)).to_contain_text("Sent")
    assert stored(friends) == ["at once"]


def test_enter_sends_and_shift_enter_makes_a_line(
    open_thread: Callable[..., Page], friends: Friends
) -> None:
    page = open_thread(*friends)
    field(page).press_sequentially("one")
    field(page).press("Shift+Enter")
    field(page).press_sequentially("two")
    field(page).press("Enter")
    row(page, "two").wait_for()
    assert texts(page) == ["one\ntwo"]
    field(page).press("Enter")
    field(page).fill("   ")
    field(page).press("Enter")
    assert texts(page) == ["one\ntwo"]


def test_an_unfinished_syllable_is_not_sent(
    open_thread: Callable[..., Page], friends: Friends, stored: Callable[[Friends], list[str]]
) -> None:
    page = open_thread(*friends)
    keys = page.context.new_cdp_session(page)
    field(page).focus()
    for step in ("ㅎ", "하", "한"):
        keys.send("Input.imeSetComposition", {"text": step, "selectionStart": 1, "selectionEnd": 1})
    page.keyboard.press("Enter")
    assert texts(page) == [] and field(page).input_value() == "한"
    keys.send("Input.insertText", {"text": "한"})
    page.keyboard.press("Enter")
    expect(status(page)).to_contain_text("Sent")
    assert texts(page) == ["한"] == stored(friends)
    assert field(page).input_value() == ""


def test_safari_says_by_the_key_code_alone_that_enter_ends_a_syllable(
    open_thread: Callable[..., Page], friends: Friends
) -> None:
    """There the composition has ended when the key is told, which belongs to it all the same."""
    page = open_thread(*friends)
    field(page).fill("한글")
    press = """code => document.querySelector("#message-text").dispatchEvent(new KeyboardEvent(
      "keydown", { key: "Enter", keyCode: code, which: code, bubbles: true, cancelable: true }))"""
    assert page.evaluate(press, 229) is True and texts(page) == []
    assert page.evaluate(press, 13) is False and texts(page) == ["한글"]


def test_the_button_sends_a_syllable_that_is_being_written_once(
    open_thread: Callable[..., Page], friends: Friends, stored: Callable[[Friends], list[str]]
) -> None:
    page = open_thread(*friends)
    keys = page.context.new_cdp_session(page)
    field(page).focus()
    keys.send("Input.insertText", {"text": "안"})
    keys.send("Input.imeSetComposition", {"text": "녕", "selectionStart": 1, "selectionEnd": 1})
    page.get_by_role("button", name="Send").click()
    expect(status(page)).to_contain_text("Sent")
    assert field(page).input_value() == ""
    assert texts(page) == ["안녕"] == stored(friends)


def test_a_lost_acknowledgement_is_one_message_shown_as_sent(
    open_wired: Callable[..., Page],
    wire: Wire,
    friends: Friends,
    stored: Callable[[Friends], list[str]],
) -> None:
    page = open_wired(*friends)
    wire.drops = lambda said: len(wire.lost) < 2 and "only once" in said  # and the echo with it
    write(page, "only once")
    expect(status(page)).to_contain_text("Sending …")
    wait_until(lambda: page.wait_for_timeout(50) is None and wire.lost, what="an acknowledgement")
    expect(status(page)).to_contain_text("Sent")
    sends = [json.loads(said[said.index("[") :])[1] for said in wire.sent if "chat.send" in said]
    assert len(sends) == 2 and len({one["client_msg_id"] for one in sends}) == 1
    assert texts(page) == ["only once"] == stored(friends)


def test_an_echo_and_a_replay_are_one_bubble(
    open_thread: Callable[..., Page], friends: Friends
) -> None:
    page = open_thread(*friends)
    page.evaluate("""document.addEventListener("socket:chat.message", ({ detail }) => {
      window.heard = detail; })""")
    write(page, "once")
    page.wait_for_function("() => window.heard")
    for name in ("socket:chat.message", "live:refetch", "socket:chat.message"):
        page.evaluate(
            "name => document.dispatchEvent(new CustomEvent(name, { detail: window.heard }))", name
        )
    write(page, "and another")
    page.wait_for_load_state("networkidle")
    expect(status(page)).to_contain_text("Sent")
    assert texts(page) == ["once", "and another"]
    assert page.locator(".message[data-seq='1']").count() == 1


def test_without_a_connection_it_waits_and_is_sent_in_order(
    open_thread: Callable[..., Page],
    friends: Friends,
    stored: Callable[[Friends], list[str]],
    cut_off: Callable[[Page, bool], None],
) -> None:
    page = open_thread(*friends)
    cut_off(page, True)
    for words in ("first", "second", "third"):
        write(page, words)
    expect(row(page, "first")).to_contain_text("Not sent yet. Trying again …")
    expect(row(page, "third")).to_contain_text("Waiting …")
    row(page, "second")
    cut_off(page, False)
    expect(status(page)).to_contain_text("Sent")
    assert texts(page) == ["first", "second", "third"] == stored(friends)
    page.reload()
    assert texts(page) == ["first", "second", "third"]


def test_what_is_unsent_survives_a_reload_and_goes_by_hand(
    as_person: Callable[..., Page],
    wire: Wire,
    friends: Friends,
    stored: Callable[[Friends], list[str]],
) -> None:
    ann, bob = friends
    page = as_person(ann)
    wire.is_cut = True
    wire.bind(page)
    page.route("**/api/v1/chats/**", lambda route: route.abort())
    page.goto(f"/messages/{bob.username}")
    for words in ("kept", "kept as well", "kept too"):
        write(page, words)
    expect(row(page, "kept").first).to_contain_text("Not sent yet")
    page.reload()
    assert texts(page) == ["kept", "kept as well", "kept too"]
    expect(row(page, "kept").first).to_contain_text("Not sent yet")
    assert stored(friends) == []
    page.unroute("**/api/v1/chats/**")  # now there are calls, and still no socket
    row(page, "kept").first.get_by_role("button", name="Retry").click()
    expect(row(page, "kept too")).to_contain_text("Sent")
    assert stored(friends) == ["kept", "kept as well", "kept too"] == texts(page)
    assert page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('unsent'))") == []


def test_what_was_given_up_is_not_sent(
    open_thread: Callable[..., Page],
    friends: Friends,
    stored: Callable[[Friends], list[str]],
    cut_off: Callable[[Page, bool], None],
) -> None:
    page = open_thread(*friends)
    cut_off(page, True)
    write(page, "rather not")
    write(page, "but this")
    row(page, "rather not").get_by_role("button", name="Discard").click()
    expect(row(page, "rather not")).to_have_count(0)
    assert texts(page) == ["but this"]
    cut_off(page, False)
    expect(status(page)).to_contain_text("Sent")
    assert stored(friends) == ["but this"] == texts(page)


def test_words_that_are_too_long_return_to_the_field(
    open_thread: Callable[..., Page], friends: Friends
) -> None:
    page = open_thread(*friends)
    long = "가" * 2001
    field(page).fill(long)
    expect(page.locator(".thread-count")).to_have_text("2,001 / 2,000")
    field(page).press("Enter")
    page.get_by_text("At most 2,000 characters fit here.").wait_for()
    assert field(page).input_value() == long and texts(page) == []
    assert page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('unsent'))") == []


def test_a_draft_is_kept_until_it_is_sent_and_goes_with_its_writer(
    open_thread: Callable[..., Page], friends: Friends
) -> None:
    ann, bob = friends
    page = open_thread(ann, bob)
    field(page).fill("half a thought")
    page.goto("/")
    page.goto(f"/messages/{bob.username}")
    assert field(page).input_value() == "half a thought"
    field(page).press("Enter")
    expect(status(page)).to_contain_text("Sent")
    page.reload()
    assert field(page).input_value() == ""
    field(page).fill("for nobody else")
    page.goto("/")
    page.locator(".nav-menu > summary").click()
    page.get_by_role("button", name="Log out").click()
    page.locator("input[name=password]").wait_for()
    assert page.evaluate("JSON.stringify(localStorage)") == "{}"


def test_who_asks_for_too_much_is_told_when_it_goes_on(
    open_wired: Callable[..., Page], wire: Wire, friends: Friends
) -> None:
    page = open_wired(*friends)
    error = {"code": "rate_limited", "message": "", "fields": {}, "retry_after": 2}

    refused: list[str] = []

    def answer(said: str) -> str | None:
        if "chat.send" not in said or refused:
            return None
        refused.append(said)
        return f"43{said[2 : said.index('[')]}{json.dumps([{'ok': False, 'error': error}])}"

    wire.answers = answer
    write(page, "too fast")
    expect(row(page, "too fast")).to_contain_text("It is sent in 2 seconds.")
    expect(status(page)).to_contain_text("Sent")


def test_what_was_refused_waits_for_its_writer(
    open_wired: Callable[..., Page], wire: Wire, friends: Friends
) -> None:
    """It was refused then; whether it should be sent now, only its writer knows."""
    page = open_wired(*friends)
    error = {"code": "messages_closed", "message": "", "fields": {}}
    sent: list[str] = []

    def answer(said: str) -> str | None:
        if "chat.send" not in said:
            return None
        sent.append(said)
        return f"43{said[2 : said.index('[')]}{json.dumps([{'ok': False, 'error': error}])}"

    wire.answers = answer
    write(page, "then not")
    expect(row(page, "then not")).to_contain_text("Not sent")
    assert len(sent) == 1
    page.reload()
    expect(row(page, "then not")).to_contain_text("Not sent")
    page.wait_for_timeout(500)  # what would be sent by itself is sent by now
    assert len(sent) == 1


def test_an_emoji_is_put_where_one_writes(
    open_thread: Callable[..., Page], friends: Friends
) -> None:
    page = open_thread(*friends)
    field(page).fill("good  night")
    field(page).evaluate("input => input.setSelectionRange(5, 5)")
    page.locator(".thread-emoji > summary").click()
    page.locator(".thread-emoji").get_by_role("button", name="🔥").click()
    assert field(page).input_value() == "good 🔥 night"


def test_what_was_left_unsent_is_sent_from_any_page(
    open_thread: Callable[..., Page], friends: Friends, stored: Callable[[Friends], list[str]]
) -> None:
    page = open_thread(*friends)
    page.evaluate(
        """([chatId, partner]) => ["one", "two"].forEach((words, place) => {
          const key = `${words}-${chatId}`;
          const item = { chatId, partner, key, at: "2026-01-01", place, words };
          const name = `unsent:message:${document.body.dataset.me}:${chatId}:${key}`;
          localStorage.setItem(name, JSON.stringify(item));
        })""",
        [page.locator(".thread").get_attribute("data-chat"), friends[1].username],
    )
    page.goto("/people")
    wait_until(lambda: page.wait_for_timeout(50) is None and stored(friends) == ["one", "two"])
    page.wait_for_function("() => !Object.keys(localStorage).some((one) => one.startsWith('uns'))")


def test_who_takes_no_more_messages_is_told_of_instead_of_the_field(
    open_thread: Callable[..., Page], cast: Cast, site: Site
) -> None:
    ann, bob = cast.person("ann"), cast.person("bob")
    page = open_thread(ann, bob)
    page.wait_for_load_state("networkidle")  # what it asks at the beginning would tell it already
    with site.app.app_context():
        users.update_profile(bob.id, {"messages_from": "following"})
    write(page, "are you there?")
    page.get_by_text("Bob takes messages from people they follow only.").wait_for()
    expect(field(page)).to_have_count(0)
    expect(row(page, "are you there?").get_by_role("button", name="Discard")).to_be_visible()


def test_two_tabs_keep_what_each_has_not_sent(
    open_thread: Callable[..., Page],
    friends: Friends,
    stored: Callable[[Friends], list[str]],
    cut_off: Callable[[Page, bool], None],
) -> None:
    page = open_thread(*friends)
    other = page.context.new_page()
    other.goto(page.url)
    other.wait_for_function("() => !document.querySelector('.is-binding')")
    cut_off(page, True)  # each has opened its own line by now
    for tab, words in ((page, "from one"), (other, "from the other")):
        write(tab, words)
        expect(row(tab, words)).to_contain_text("Not sent yet")
    kept = page.evaluate("() => Object.entries(localStorage).filter(([k]) => k.startsWith('uns'))")
    assert len(kept) == 2
    cut_off(page, False)
    for tab in (page, other):
        expect(row(tab, "from the other")).to_have_count(1)
        expect(row(tab, "from one")).to_have_count(1)
        expect(status(tab)).to_contain_text("Sent")
    assert sorted(stored(friends)) == ["from one", "from the other"]
    page.wait_for_function("() => !Object.keys(localStorage).some((one) => one.startsWith('uns'))")


UNSENT = "Object.keys(localStorage).filter((name) => name.startsWith('unsent'))"
LEFT_UNSENT = """([me, chatId, key, partner]) => {
  const at = "2026-01-01T00:00:00.000Z";
  const item = { chatId, partner, key, at, place: 0, words: "stored after all" };
  localStorage.setItem(`unsent:message:${me}:${chatId}:${key}`, JSON.stringify(item));
}"""


def test_what_was_stored_though_nobody_heard_of_it_holds_nothing_up(
    open_thread: Callable[..., Page],
    say: Callable[..., Any],
    stored: Callable[[Friends], list[str]],
    friends: Friends,
) -> None:
    """Its acknowledgement was lost with the page: the next page has the message and the note."""
    ann, bob = friends
    message = say(ann, bob, "stored after all")
    page = open_thread(ann, bob)
    names = [ann.username, message.chat_id, message.client_msg_id, bob.username]
    page.evaluate(LEFT_UNSENT, names)
    page.reload()
    row(page, "stored after all").wait_for()
    write(page, "what comes after it")
    expect(status(page)).to_have_attribute("data-state", "sent")
    assert stored(friends) == ["stored after all", "what comes after it"]
    assert texts(page) == ["stored after all", "what comes after it"]
    assert page.evaluate(UNSENT) == []
