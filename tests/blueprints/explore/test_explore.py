"""The page to discover posts on: a tab with an address for each list, and what stands in none."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.factories import Person, make_follow, make_post
from tests.harness.clients import Client


def test_each_tab_is_an_address(client: Client, anonymous: Client) -> None:
    post = make_post(caption="found words")
    for path, words in (("/explore", "Popular"), ("/explore?of=recent", "Newest")):
        for reader in (client, anonymous):
            html = reader.get(path).text
            assert f'aria-current="page">{words}</a>' in html
            assert f'id="post-{post.id}"' in html
            assert ('action="/search"' in html) is (reader is client)
            assert "of=everybody" not in html
    assert client.get("/explore?of=everybody").status_code == 404
    assert client.get("/explore?of=nonsense").status_code == 422
    status, page = client.api("GET", "/explore?of=recent")
    assert (status, [one["id"] for one in page["items"]]) == (200, [str(post.id)])


@pytest.mark.env(EXPLORE_EVERYBODY="on")
def test_everybody_where_the_operator_offers_it(client: Client, bob: Person) -> None:
    post = make_post(bob)
    assert f'id="post-{post.id}"' not in client.get("/explore").text
    html = client.get("/explore?of=everybody").text
    assert f'id="post-{post.id}"' in html and 'aria-current="page">Everybody</a>' in html


def test_pages_lead_on_and_an_empty_list_says_why(
    client: Client, bob: Person, drain: Callable[[], int]
) -> None:
    assert "Nothing new to discover" in client.get("/explore").text
    friend = make_post().author
    make_follow(bob, friend)
    for _ in range(25):
        make_post(caption="x")
    html = client.get("/explore?of=recent").text
    assert html.count('class="grid-cell"') == 24
    more = html.split('href="/explore?of=recent&amp;before=')[1].split('"')[0]
    assert client.get(f"/explore?of=recent&before={more}").text.count('class="grid-cell"') == 1
    assert client.get(f"/explore?before={more}").status_code == 422
