"""What a search finds, a kind at a time, each with an address of its own."""

from __future__ import annotations

from urllib.parse import quote

from tests.factories import Person, make_post, make_user
from tests.harness.clients import Client
from tests.harness.pages import visible_text

Q = quote("바다")


def shown(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(visible_text(answer.text).split())


def test_every_kind_has_an_address_and_keeps_the_words(client: Client, ann: Person) -> None:
    post = make_post(ann, caption="푸른 바다에서 #바다여행")
    people = shown(client, f"/search?q={Q}")
    assert "Nobody found" in people and "Posts" in people
    assert "#<mark>바다</mark>여행" in client.get(f"/search?q={Q}&of=tags").text
    grid = client.get(f"/search?q={Q}&of=posts").text
    assert f'href="/p/{post.id}"' in grid and 'aria-current="page">Posts' in grid
    assert shown(client, f"/search?q={Q}&of=nothing") == people
    answer = client.form("/search", q="바다", of="posts")
    assert answer.location == f"/search?q={Q}&of=posts"
    assert "No post you may see" in shown(client, "/search?q=산&of=posts")
    assert "No tag begins with" in shown(client, "/search?q=산&of=tags")


def test_a_query_too_long_is_told_on_the_tab_it_was_typed_on(client: Client) -> None:
    answer = client.get(f"/search?of=posts&q={'x' * 51}")
    assert answer.status_code == 422
    assert 'name="of" value="posts"' in answer.text


def test_older_posts_are_led_to(client: Client, ann: Person) -> None:
    made = [make_post(ann, caption=f"바다 {n}") for n in range(14)]
    page = client.get(f"/search?q={Q}&of=posts").text
    assert f"/search?q={Q}&amp;of=posts&amp;before=" in page
    assert f'href="/p/{made[2].id}"' in page and f'href="/p/{made[1].id}"' not in page


def test_where_nobody_is_found_it_says_what_else_there_is(client: Client, ann: Person) -> None:
    make_post(ann, caption="푸른 바다에서 #바다여행")
    people = shown(client, f"/search?q={Q}")
    assert "1 tag" in people and "1 post" in people
    assert "1 tag" not in shown(client, f"/search?q={quote('산')}")


def test_a_number_sign_leads_to_the_tags(client: Client, ann: Person) -> None:
    make_post(ann, caption="#바다여행")
    answer = client.form("/search", q="#바다", of="people")
    assert answer.location == f"/search?q={quote('#바다')}"
    assert "#<mark>바다</mark>여행" in client.get(answer.location).text
    assert "Nobody found" in shown(client, f"{answer.location}&of=people")
    listed = client.get(f"/search?fragment=suggestions&q={quote('#바다')}").text
    assert "<mark>바다</mark>여행" in listed


def test_what_is_found_is_marked_however_it_was_typed(client: Client) -> None:
    make_user(display_name="김민지")
    assert "<mark>김민지</mark>" in client.get(f"/search?q={quote('ㄱㅁㅈ')}").text
    assert "<mark>김민</mark>지" in client.get(f"/search?q={quote('@김미')}").text


def test_a_forged_address_is_answered_with_the_form(client: Client) -> None:
    for path, name in (("q=%00", ""), ("q=sea&before=forged", "before"), ("q=%00a&of=posts", "")):
        answer = client.get(f"/search?{path}")
        assert answer.status_code == 422
        assert 'id="q"' in answer.text and 'aria-invalid="true"' in answer.text
        assert f"“{name}” in the address" in answer.text or not name
    assert 'value="sea"' in client.get("/search?q=sea&before=forged").text
