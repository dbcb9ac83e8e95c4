"""Pages of notifications: sections, filters, badges, and forms without JavaScript."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from pigeon.domain.clock import utc_now
from pigeon.domain.notifications import Notification, Subject
from pigeon.services.comments import changes as comments_changes
from pigeon.services.follows import follows
from pigeon.services.notifications import counts, notifications
from pigeon.web.notifications import rows as notifications_rows
from pigeon.web.notifications.badges import of_count
from tests.contract import shapes
from tests.factories import make_post, make_user
from tests.factories.notifications import of_a_newer_process
from tests.harness.forms import forms_of, parsed

ROW = re.compile(r'id="notification-(\d+)"')


@pytest.fixture
def ann(app):
    return make_user("ann")


@pytest.fixture
def bob(app):
    return make_user("bob")


@pytest.fixture
def told(ann, bob, drain):
    """Ann was told of a comment and of a follower."""
    post = make_post(ann, caption="hello")
    comments_changes.create(post.id, by=bob.id, text="so <b>nice</b>")
    follows.follow(ann.id, by=bob.id)
    drain()
    return post


def row_ids(page: str) -> list[str]:
    return ROW.findall(page)


def notice(days: float, *, seen: bool = True) -> Notification:
    return Notification(
        id=str(days),
        kind="post",
        actors=[],
        actor_count=0,
        message="",
        excerpt="",
        subject=Subject(kind="post", id="1", post_id="1"),
        href="/p/1",
        thumb_url=None,
        is_available=True,
        created_at=utc_now() - timedelta(days=days),
        seen=seen,
        read=seen,
    )


def test_rows_stand_in_sections_what_is_unseen_on_top() -> None:
    items = [notice(0), notice(0.01, seen=False), notice(3), notice(30)]
    found = notifications_rows.sections(items, "UTC", is_first=True)
    assert [name for name, _ in found][:1] == ["new"]
    assert [len(rows) for _, rows in found] == [1, 1, 1, 1]
    later = notifications_rows.sections(items, "UTC", is_first=False)
    assert "new" not in dict(later)
    assert [row.id for _, rows in later for row in rows] == [item.id for item in items]


def test_opening_the_page_clears_the_badge_and_keeps_rows_unread(client_for, ann, told) -> None:
    client = client_for(ann)
    home = client.get("/").text
    assert '<span data-badge="notifications">2</span>' in home
    assert "<title>(2) Home" in home
    assert "favicon-unread.svg" in home
    page = client.get("/notifications").text
    assert "data-badge=" not in page
    assert len(row_ids(page)) == page.count("is-unread") == 2
    assert 'id="notices-new"' in page
    assert counts.of_reader(ann.id).unseen == 0
    assert 'id="notices-new"' not in client.get("/notifications").text
    assert "data-badge=" not in client.get("/").text


def test_the_items_alone_clear_nothing(client_for, ann, told) -> None:
    page = client_for(ann).get("/notifications?fragment=items").text
    assert "<html" not in page
    assert len(row_ids(page)) == 2
    assert counts.of_reader(ann.id).unseen == 2


def test_names_are_bold_and_excerpts_escaped(client_for, ann, told) -> None:
    page = client_for(ann).get("/notifications").text
    assert "<strong>bob</strong> commented on your post" in page
    assert "so &lt;b&gt;nice&lt;/b&gt;" in page


def test_follows_have_a_follow_button(client_for, ann, told) -> None:
    page = client_for(ann).get("/notifications?kind=follow").text
    assert len(row_ids(page)) == 1
    assert "/u/bob/follow" in parsed(page).actions
    assert client_for(ann).get("/notifications?kind=nothing").status_code == 422


def test_a_click_without_scripts_reads_and_leads_to_the_comment(client_for, ann, told) -> None:
    client = client_for(ann)
    (row,) = row_ids(client.get("/notifications?kind=comment").text)
    answer = client.get(f"/notifications/{row}/open")
    assert answer.status_code == 302
    assert re.fullmatch(rf"/p/{told.id}\?comment=(\d+)#comment-\1", answer.location)
    assert notifications.get(int(row), ann.id).read


def test_forms_read_and_delete(client_for, ann, bob, told) -> None:
    client = client_for(ann)
    page = client.get("/notifications").text
    first, second = row_ids(page)
    assert f"/notifications/{first}/delete" in parsed(page).actions
    token = forms_of(page)[""]["csrf_token"]
    assert client_for(bob).get(f"/notifications/{first}/open").status_code == 404
    assert client.post("/notifications/read", data={"csrf_token": token}).status_code == 303
    assert "is-unread" not in client.get("/notifications").text
    client.post(f"/notifications/{first}/delete", data={"csrf_token": token})
    assert row_ids(client.get("/notifications").text) == [second]
    confirm = client.get("/notifications/delete").text
    client.post("/notifications/delete", data=forms_of(confirm)["/notifications/delete"])
    assert "When someone likes or comments" in client.get("/notifications").text


def test_a_row_of_a_kind_that_a_newer_process_wrote_leads_to_the_list(client_for, ann, bob) -> None:
    row_id = of_a_newer_process(ann, kind="story_like", subject="story", actor_id=bob.id)
    client = client_for(ann)
    page = client.get("/notifications").text
    assert row_ids(page) == [str(row_id)] and "There is something new" in page
    opened = client.get(f"/notifications/{row_id}/open")
    assert (opened.status_code, opened.location) == (302, "/notifications")
    status, answer = client.api("GET", "/notifications")
    assert status == 200
    shape = shapes.NOTIFICATION | {"kind": str}
    assert list(shapes.faults(answer["items"], [shape])) == []


def test_choices_of_who_may_cause_which(client_for, ann) -> None:
    client = client_for(ann)
    form = forms_of(client.get("/settings/notifications").text)["/settings/notifications"]
    assert form["like"] == "everyone"
    client.post("/settings/notifications", data=form | {"like": "off", "comment": "following"})
    kept = forms_of(client.get("/settings/notifications").text)["/settings/notifications"]
    assert (kept["like"], kept["comment"], kept["reply"]) == ("off", "following", "everyone")
    assert client.post("/settings/notifications", data=form | {"like": "x"}).status_code == 422


def test_badges_are_capped(app) -> None:
    assert of_count(0).mark == "" and of_count(0).title == ""
    assert "99+" in of_count(100).mark and of_count(5_000).title == "(99+) "
    assert ">99<" in of_count(99).mark


def test_a_person_at_a_glance(client_for, anonymous, ann, bob) -> None:
    post = make_post(bob, caption="mine", images=2)
    make_post(bob, caption="words alone")
    card = client_for(ann).get("/u/bob/card").text
    assert card.count("card-picture") == 2  # the box, and the one picture in it
    assert f'href="/p/{post.id}"' in card
    assert "/u/bob/follow" in parsed(card).actions
    assert anonymous.get("/u/bob/card").status_code == 200
    assert anonymous.get("/u/nobody/card").status_code == 404
