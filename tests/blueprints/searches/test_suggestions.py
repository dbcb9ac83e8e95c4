"""What the field of the search lists while something is typed."""

from __future__ import annotations

from collections.abc import Callable

from tests.factories import Person, make_follow, make_post, make_user
from tests.harness.clients import Client
from tests.harness.pages import visible_text


def test_words_people_and_tags_are_listed_and_the_match_is_marked(
    client_for: Callable[[Person], Client], ann: Person
) -> None:
    client = client_for(ann)
    minji = make_user(display_name="김민지")
    make_follow(ann, minji)
    make_post(minji, caption="#민트")
    client.form("/search", q="민들레")
    answer = client.get("/search?fragment=suggestions&q=민")
    assert answer.status_code == 200
    assert "김<mark>민</mark>지 · Following" in answer.text
    words = " ".join(visible_text(answer.text).split())
    assert 'data-q="민들레"' in answer.text and "1 post" in words
    assert words.endswith("Search for “민”")
    assert client.get(f"/search?fragment=suggestions&q={'x' * 51}").status_code == 422
    markup = client.get("/search?fragment=suggestions&q=<b>")
    assert "Search for “&lt;b&gt;”" in markup.text
