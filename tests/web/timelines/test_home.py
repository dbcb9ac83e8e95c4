from __future__ import annotations

import re

import pytest

from pigeon.cache import resp
from pigeon.services.likes import likes
from pigeon.services.write_backs import flusher
from pigeon.web.timelines import home
from tests.factories import (
    make_comment,
    make_follow,
    make_message,
    make_post,
    make_story,
    make_user,
)

TOKEN = re.compile(r'(name="csrf_token" value=|"csrf": ?)"[^"]+"')


def without_tokens(html: str) -> str:
    """Each page signs its token anew."""
    return TOKEN.sub("", html)


def talk_about(post, ann, ben, number: int) -> None:
    """Likes in the journal and in SQL, and comments."""
    likers = (ben, ann)[: number % 3]
    for person in likers:
        likes.set_liked(likes.POSTS, post.id, by=person.id, on=True)
    if number % 2:
        flusher.drain(within_s=10)
        make_comment(post, ben, text="<i>hm</i> @ann")


@pytest.mark.parametrize("posts", [3, 25])
def test_joined_page_equals_the_plain_template(app, client_for, drain, monkeypatch, posts) -> None:
    ann, ben = make_user("ann"), make_user("ben", language="ko")
    make_follow(ben, ann)
    for number in range(posts):
        post = make_post(ann, caption=f"<b>{number}</b> #tag", images=number % 3)
        talk_about(post, ann, ben, number)
    make_story(ann)
    drain()
    client = client_for(ben)
    joined = client.get("/").text
    monkeypatch.setattr(home, "_joined", lambda _viewer, _language, parts: home._plain(parts, []))
    plain = client.get("/").text
    assert 'data-tray="ann"' in joined and 'class="post-avatar ring is-unseen"' in joined
    assert joined.count('<article class="post-card"') == min(posts, 10)
    assert without_tokens(joined) == without_tokens(plain)


def test_warm_page_sends_no_sql(app, client_for, drain, queries) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    make_follow(ben, ann)
    for number in range(12):
        talk_about(make_post(ann, caption=str(number)), ann, ben, number)
    make_story(ann)
    drain()
    client = client_for(ben)
    client.get("/")
    client.get("/")
    with queries() as sent:
        assert 'data-tray="ann"' in client.get("/").text
    assert sent == []


@pytest.mark.parametrize(("stories", "trips_made"), [(0, 5), (2, 6)])
def test_what_is_unread_travels_with_what_the_page_asks_anyway(
    app, client_for, drain, monkeypatch, stories, trips_made
) -> None:
    """One trip more is a tenth of the page: a badge is not worth it, nor is an empty tray.

    A full one asks the journal what was seen a moment ago, which is another Redis.
    """
    ann, ben = make_user("ann"), make_user("ben")
    make_follow(ben, ann)
    talk_about(make_post(ann, caption="hi"), ann, ben, 1)
    make_message(ann, ben, "hello")
    for _ in range(stories):
        make_story(ann)
    drain()
    client = client_for(ben)
    client.get("/")
    client.get("/")
    trips = []
    send = resp.Pool.checked
    monkeypatch.setattr(
        resp.Pool, "checked", lambda pool, *sent: trips.append(sent) or send(pool, *sent)
    )
    page = client.get("/").text
    assert 'data-badge="messages">1<' in page and len(trips) == trips_made


def test_frame_of_one_reader_is_never_shown_to_another(app, client_for, drain) -> None:
    ann, ben, cid = make_user("ann"), make_user("ben"), make_user("cid")
    for reader in (ben, cid):
        make_follow(reader, ann)
    make_post(ann, caption="hello")
    drain()
    pages = {name: client_for(user).get("/").text for name, user in (("ben", ben), ("cid", cid))}
    for name, html in pages.items():
        assert re.findall(r'data-me="(\w+)"', html) == [name]
