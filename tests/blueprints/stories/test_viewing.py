"""Stories are seen, answered, and their viewers listed, as the contract has it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from pigeon.domain.stories import REACTIONS
from pigeon.services.relations import blocks
from pigeon.services.stories import changes
from pigeon.services.users import users
from tests.factories import Person, age_story, make_follow, make_story, make_user
from tests.harness.clients import Client, fields_of

pytestmark = pytest.mark.both_modes
_keys = count(1)


@pytest.fixture(autouse=True)
def _follows(mode: str, ann: Person, bob: Person) -> None:
    """Bob follows ann; `client` is bob's."""
    make_follow(bob, ann)


@pytest.fixture
def hers(client_for: Callable[[Person], Client], ann: Person) -> Client:
    return client_for(ann)


@pytest.fixture
def story(ann: Person) -> int:
    return make_story(ann, "a boat", picture=True)


def answer(client: Client, number: int, /, **body: Any) -> tuple[int, Any]:
    return client.api(
        "POST", f"/stories/{number}/reply", {"client_msg_id": f"key-{next(_keys)}"} | body
    )


def viewers(client: Client, story_id: int) -> list[tuple[str, str | None]]:
    status, page = client.api("GET", f"/stories/{story_id}/viewers")
    assert status == 200, page
    return [(view["user"]["username"], view["reaction"]) for view in page["items"]]


def thread(client: Client, name: str) -> list[dict[str, Any]]:
    status, page = client.api("GET", f"/chats/{name}/messages")
    assert status == 200, page
    return list(page["items"])


# -- seeing ----------------------------------------------------------------------------------------


def test_seen_once_and_told_to_the_author_alone(client: Client, hers: Client, story: int) -> None:
    for _ in range(3):
        assert client.api("PUT", f"/stories/{story}/view") == (204, None)
    assert hers.api("PUT", f"/stories/{story}/view") == (204, None)
    (mine,) = hers.api("GET", "/users/ann/stories")[1]["items"]
    (seen,) = client.api("GET", "/users/ann/stories")[1]["items"]
    assert mine["viewer"] == {"is_author": True, "seen": False, "view_count": 1}
    assert seen["viewer"] == {"is_author": False, "seen": True, "view_count": None}
    assert viewers(hers, story) == [("bob", None)]
    (item,) = client.api("GET", "/stories")[1]["items"]
    assert item["unseen_count"] == 0


def test_what_cannot_be_seen_cannot_be_marked(client: Client, ann: Person, story: int) -> None:
    age_story(story, seconds=86_400)
    for story_id in (story, story + 99, "x"):
        assert client.api("PUT", f"/stories/{story_id}/view")[0] == 404
        assert client.api("GET", f"/stories/{story_id}/viewers")[0] == 404
        assert answer(client, story_id, text="late")[0] == 404
    deleted = make_story(ann)
    changes.remove(deleted, by=ann.id)
    assert client.api("PUT", f"/stories/{deleted}/view")[0] == 404


def test_a_private_story_is_for_followers(
    client_for: Callable[[Person], Client], ann: Person, story: int
) -> None:
    users.update_profile(ann.id, {"is_private": True})
    stranger = client_for(make_user("cat"))
    refusals = {
        stranger.api("PUT", f"/stories/{story}/view")[0],
        stranger.api("GET", f"/stories/{story}/viewers")[0],
        answer(stranger, story, text="hi")[0],
    }
    assert refusals == {404}


# -- viewers ---------------------------------------------------------------------------------------


def test_viewers_are_the_authors_alone_and_page(
    client: Client, hers: Client, client_for: Callable[[Person], Client], story: int
) -> None:
    people = [make_user(f"viewer{number}") for number in range(5)]
    for person in people:
        client_for(person).api("PUT", f"/stories/{story}/view")
    assert client.api("GET", f"/stories/{story}/viewers")[0] == 403
    found, before = [], ""
    while True:
        _, page = hers.api("GET", f"/stories/{story}/viewers?limit=2{before}")
        found += [view["user"]["username"] for view in page["items"]]
        if not page["next"]:
            break
        before = f"&before={page['next']}"
    assert found == [person.username for person in people][::-1]
    other = hers.api("GET", f"/stories/{story}/viewers?before=bm90OjE")
    assert fields_of(other) == (422, {"before": "bad_format"})


def test_a_row_says_who_when_and_what(client: Client, hers: Client, story: int) -> None:
    answer(client, story, reaction="🔥")
    (view,) = hers.api("GET", f"/stories/{story}/viewers")[1]["items"]
    assert set(view) == {"user", "viewed_at", "reaction"}
    assert view["user"]["viewer"] == {
        "is_self": False,
        "follows_me": True,
        "follow": "none",
        "mutuals": None,
    }
    assert view["viewed_at"].endswith("Z") and view["reaction"] == "🔥"


# -- answering -------------------------------------------------------------------------------------


def test_words_reach_the_author_with_the_story(client: Client, hers: Client, story: int) -> None:
    status, said = answer(client, story, text=" so nice ")
    assert (status, said["from"], said["to"], said["text"]) == (201, "bob", "ann", "so nice")
    assert said["is_reaction"] is False
    card = said["story"]
    assert (card["id"], card["available"], card["text"]) == (str(story), True, "a boat")
    assert card["author"]["username"] == "ann"
    assert hers.get(card["thumb_url"]).status_code == 200
    (read,) = thread(hers, "bob")
    assert read == said | {"client_msg_id": None}


@pytest.mark.parametrize("emoji", REACTIONS)
def test_a_reaction_is_a_message_of_one_emoji(
    client: Client, hers: Client, story: int, emoji: str
) -> None:
    status, said = answer(client, story, reaction=emoji)
    assert (status, said["text"], said["is_reaction"]) == (201, emoji, True)
    assert thread(hers, "bob")[0]["story"]["id"] == str(story)
    assert viewers(hers, story) == [("bob", emoji)]


def test_the_last_reaction_that_stands_is_listed(client: Client, hers: Client, story: int) -> None:
    first, last = (answer(client, story, reaction=one)[1] for one in ("😂", "👏"))
    assert viewers(hers, story) == [("bob", "👏")]
    assert client.api("DELETE", f"/messages/{last['id']}")[0] == 204
    assert viewers(hers, story) == [("bob", "😂")]
    assert client.api("DELETE", f"/messages/{first['id']}")[0] == 204
    assert viewers(hers, story) == [("bob", None)]
    stubs = thread(hers, "bob")
    assert {(one["text"], one["story"], one["is_reaction"]) for one in stubs} == {("", None, False)}


@pytest.mark.no_second_look
def test_sent_again_it_is_one_message(client: Client, hers: Client, story: int) -> None:
    body = {"reaction": "❤️", "client_msg_id": "same"}
    first = answer(client, story, **body)
    again = answer(client, story, **body)
    assert (first[0], again[0], again[1]) == (201, 200, first[1])
    assert len(thread(hers, "bob")) == 1
    assert viewers(hers, story) == [("bob", "❤️")]


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"text": "required"}),
        ({"text": " \u200b "}, {"text": "required"}),
        ({"text": "x" * 2_001}, {"text": "too_long"}),
        ({"text": "x", "reaction": "🔥"}, {"text": "too_many"}),
        ({"reaction": "👍"}, {"reaction": "bad_format"}),
        ({"reaction": ""}, {"reaction": "bad_format"}),
        ({"reaction": "🔥🔥"}, {"reaction": "bad_format"}),
        ({"text": "x", "client_msg_id": ""}, {"client_msg_id": "required"}),
        ({"reaction": "👍", "client_msg_id": "a b"}, dict.fromkeys(("client_msg_id", "reaction"))),
        ({"text": "x", "to": "cat"}, {"to": "unknown"}),
        ({"text": "x", "from": "cat"}, {"from": "unknown"}),
        ({"text": "x", "story_id": "1"}, {"story_id": "unknown"}),
        ({"text": "x", "is_reaction": True}, {"is_reaction": "unknown"}),
        ({"text": 1}, {"text": "bad_format"}),
    ],
)
def test_refused_by_name(
    client: Client, hers: Client, story: int, body: Any, fields: dict[str, str | None]
) -> None:
    status, found = fields_of(answer(client, story, **body))
    assert (status, set(found)) == (422, set(fields))
    assert all(code in (None, found[name]) for name, code in fields.items())
    assert thread(hers, "bob") == []
    assert viewers(hers, story) == []


def test_ones_own_story_is_not_answered(hers: Client, story: int) -> None:
    for body in ({"text": "me"}, {"reaction": "🔥"}):
        status, refusal = answer(hers, story, **body)
        assert (status, refusal["error"]["code"]) == (409, "self")
    assert fields_of(answer(hers, story)) == (422, {"text": "required"})


def test_closed_messages_are_closed_here_too(
    client: Client, hers: Client, ann: Person, bob: Person, story: int
) -> None:
    users.update_profile(ann.id, {"messages_from": "following"})
    for body in ({"text": "hi"}, {"reaction": "🔥"}, {}):
        status, refusal = answer(client, story, **body)
        assert (status, refusal["error"]["code"]) == (403, "messages_closed")
    assert viewers(hers, story) == []
    make_follow(ann, bob)
    assert answer(client, story, text="hi")[0] == 201


def test_a_block_ends_answers_and_rows(
    client: Client, hers: Client, ann: Person, bob: Person, story: int
) -> None:
    answer(client, story, reaction="🔥")
    blocks.block(bob.id, by=ann.id)
    assert answer(client, story, text="hi")[0] == 404
    assert client.api("PUT", f"/stories/{story}/view")[0] == 404
    assert viewers(hers, story) == []


def test_after_its_end_the_card_says_so(
    client: Client, hers: Client, ann: Person, story: int
) -> None:
    answer(client, story, text="hi")
    gone = {"id": str(story), "available": False, "author": None, "thumb_url": None, "text": ""}
    age_story(story, seconds=86_400)
    for reader, other in ((client, "ann"), (hers, "bob")):
        (said,) = thread(reader, other)
        assert (said["text"], said["story"]) == ("hi", gone)
    page = client.get("/messages/ann").text
    assert "This story is no longer available" in page
    assert "hi" in page


# -- pages -----------------------------------------------------------------------------------------


def test_the_form_leads_back_and_says_so(client: Client, hers: Client, story: int) -> None:
    fields = {"text": "lovely", "client_msg_id": "page"}
    for _ in range(2):
        sent = client.form(f"/stories/{story}/reply", **fields)
        assert (sent.status_code, sent.location) == (303, "/stories/ann")
    assert "Reply sent." in client.get("/").text
    sent = client.form(f"/stories/{story}/reply", reaction="🔥", client_msg_id="page")
    assert "Reaction sent." in client.get("/").text
    assert [said["text"] for said in thread(hers, "bob")] == ["🔥", "lovely"]


def test_the_form_says_why_nothing_was_sent(
    client: Client, hers: Client, ann: Person, story: int
) -> None:
    refused = client.form(f"/stories/{story}/reply", text="  ", client_msg_id="page")
    assert refused.status_code == 303
    assert "This is needed." in client.get("/").text
    users.update_profile(ann.id, {"messages_from": "following"})
    client.form(f"/stories/{story}/reply", text="hi", client_msg_id="page")
    assert "takes messages only from people they follow" in client.get("/").text
    assert client.form(f"/stories/{story + 9}/reply", text="hi").status_code == 404
    assert thread(hers, "bob") == []


def test_the_page_of_viewers(client: Client, hers: Client, story: int) -> None:
    assert "Nobody has seen this story yet" in hers.get(f"/stories/{story}/viewers").text
    answer(client, story, reaction="😢")
    page = hers.get(f"/stories/{story}/viewers").text
    assert "Reacted with 😢" in page and 'href="/messages/bob"' in page
    assert client.get(f"/stories/{story}/viewers").status_code == 403
    age_story(story, seconds=86_400)
    assert hers.get(f"/stories/{story}/viewers").status_code == 404


def test_the_thread_and_the_inbox_say_what_it_is(client: Client, hers: Client, story: int) -> None:
    answer(client, story, text="lovely")
    assert "Replied to your story: lovely" in hers.get("/messages?box=requests").text
    assert "You replied to their story: lovely" in client.get("/messages").text
    answer(client, story, reaction="🔥")
    assert "Reacted 🔥 to your story" in hers.get("/messages?box=requests").text
    page = hers.get("/messages/bob").text
    assert 'href="/stories/ann"' in page and "Reacted to your story" in page
    assert page.count("is-large") == 1
