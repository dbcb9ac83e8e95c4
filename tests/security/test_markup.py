"""What people type never becomes markup, on any page that shows it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask

from pigeon.domain import limits, text
from pigeon.realtime import push
from pigeon.services import watches
from pigeon.services.likes import likes
from tests.factories import Person, make_comment, make_follow, make_post, make_user
from tests.harness.clients import Client
from tests.harness.online import bring_online

PAYLOADS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "' autofocus onfocus='alert(1)",
    "`onload=alert(1)`",
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<!--<img src=--><img src=x onerror=alert(1)//>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<a href=javascript:alert(1)>x</a>",
    "javascript:alert(1)",
    "https://x.test/\"onmouseover='alert(1)'",
    "https://x.test/'><script>alert(1)</script>",
    "https://javascript:alert(1)@x.test",
    "data:text/html,<script>alert(1)</script>",
    '@ann"onclick="alert(1)',
    "#tag<script>alert(1)</script>",
    "#<img/src=x>",
    "{{7*7}}{% raw %}${7*7}#{7*7}",
    "%(name)s %s {0} %00",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<style>@import'//x.test'</style>",
    "<base href=//x.test/>",
    "<form action=//x.test><button>x",
    "＜script＞alert(1)＜/script＞",
    "\u2028</script\u2029><script>alert(1)",
    "‮tpircs‬<b>",
)


class Elements(HTMLParser):
    """Counts elements other than links, and keeps what could run."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()
        self.dangers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "a":
            self.counts[tag] += 1
        for name, value in attrs:
            address = (value or "").strip().lower()
            if name.startswith("on") or name in ("srcdoc", "style", "formtarget"):
                self.dangers.append(f"{tag} {name}={value}")
            if name in ("href", "src", "action", "formaction") and not address.startswith(
                ("/", "https://", "http://", "#", "?")
            ):
                self.dangers.append(f"{tag} {name}={value}")


def elements_of(page: str) -> Elements:
    parser = Elements()
    parser.feed(page)
    parser.close()
    return parser


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_what_people_type_never_becomes_markup(
    app: Flask, client_for: Callable[[Person], Client], drain: Callable[[], int]
) -> None:
    ann, bob = make_user("ann"), make_user("bob")
    make_follow(bob, ann)
    post = make_post(ann, caption="words", images=1)
    author, reader = client_for(ann), client_for(bob)
    drain()
    shown = ("/", "/u/ann", f"/p/{post.id}", f"/p/{post.id}?fragment=1", "/u/bob/following")
    own = (*shown, f"/p/{post.id}/edit", "/settings/profile")

    def write(words: str) -> None:
        for path, body in (
            ("/me", {"display_name": words[:50], "bio": words, "pronouns": words[:30]}),
            (f"/posts/{post.id}", {"caption": words, "alts": [words]}),
        ):
            status, answer = author.api("PATCH", path, body)
            assert status == 200, (words, answer)
        assert answer["caption"] == answer["images"][0]["alt"] == text.clean(words)

    def pages(words: str) -> list[Elements]:
        found = [reader.get(path) for path in shown] + [author.get(path) for path in own]
        assert all(page.status_code == 200 for page in found), [p.status_code for p in found]
        asked = reader.get(f"/people?q={quote(words[:50])}")
        assert elements_of(asked.text).dangers == [], words
        return [elements_of(page.text) for page in found]

    write("words without harm")
    plain = pages("words without harm")
    for payload in PAYLOADS:
        write(payload)
        for harmless, poisoned in zip(plain, pages(payload), strict=True):
            assert poisoned.dangers == [], payload
            assert poisoned.counts == harmless.counts, payload


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_what_people_say_never_becomes_markup(
    app: Flask,
    client_for: Callable[[Person], Client],
    anonymous: Client,
    drain: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Comments, names and excerpts in discussions, notifications, cards, and live payloads."""
    sent: list[tuple[str, Any]] = []
    monkeypatch.setattr(push, "to_user", lambda *frame, **_: sent.append(frame[:2]))
    monkeypatch.setattr(push, "to_post", lambda *frame, **_: sent.append(frame[:2]))
    ann, bob = make_user("ann"), make_user("bob")
    make_follow(ann, bob)
    post = make_post(bob, caption="words")
    top = make_comment(post, ann)
    reply = make_comment(post, ann, text="@bob", answers=make_comment(post, bob))
    author, reader = client_for(ann), client_for(bob)
    for kind, target in ((likes.POSTS, post.id), (likes.COMMENTS, int(reply.parent_id or 0))):
        likes.set_liked(kind, target, by=ann.id, on=True)
    bring_online([bob.id])
    watches.posts.renew([post.id])
    drain()
    read = (
        f"/p/{post.id}",
        f"/p/{post.id}?fragment=1",
        f"/p/{post.id}?comment={reply.id}",
        f"/p/{post.id}/comments?fragment=1",
        f"/comments/{top.id}?fragment=1",
        f"/comments/{reply.parent_id}/replies?fragment=1",
        f"/p/{post.id}/likers?fragment=1",
        "/",
        "/u/ann/card",
        "/notifications",
        "/notifications?fragment=panel",
        "/notifications?fragment=items",
    )
    own = (f"/comments/{top.id}/edit", f"/comments/{top.id}/delete")

    def pages(words: str) -> list[Elements]:
        assert author.api("PATCH", "/me", {"display_name": words[:50]})[0] == 200
        for said in (top, reply):
            status, body = author.api("PATCH", f"/comments/{said.id}", {"text": words})
            assert (status, body["text"]) == (200, text.clean(words))
        found = [*map(reader.get, read), *map(author.get, own), *map(anonymous.get, read[:6])]
        assert all(page.status_code == 200 for page in found), [p.status_code for p in found]
        shown = reader.get("/api/v1/notifications").get_json()["items"]
        assert text.excerpt(words, limits.EXCERPT) in {row["excerpt"] for row in shown}
        return [elements_of(page.text) for page in found]

    pages("seen, so that nothing is new any more")
    plain = pages("words without harm")
    for payload in PAYLOADS:
        for harmless, poisoned in zip(plain, pages(payload), strict=True):
            assert poisoned.dangers == [], payload
            assert poisoned.counts == harmless.counts, payload
        sent.clear()
        make_comment(post, ann, text=payload)
        drain()
        told = dict(sent)
        assert told["comment.created"]["text"] == text.clean(payload)
        assert told["notification.created"]["excerpt"] == text.excerpt(payload, limits.EXCERPT)
        assert told["notification.created"]["message"] == "ann commented on your post"
        assert author.api("DELETE", f"/comments/{told['comment.created']['id']}")[0] == 204
        drain()


def test_links_and_tags_carry_no_script(app: Flask, client_for: Callable[[Person], Client]) -> None:
    ann = make_user("ann")
    browser = client_for(ann)
    for payload in PAYLOADS:
        status, body = browser.api("PATCH", "/me", {"link": payload})
        if status == 200:
            assert re.match(r"https?://[^\"'<>\s]+$", body["link"]), payload
            assert elements_of(browser.get("/u/ann").text).dangers == []
        page = browser.get(f"/tags/{quote(payload, safe='')}")
        assert page.status_code in (200, 404)
        assert elements_of(page.text).dangers == [], payload
