from __future__ import annotations

import re

import pytest

from pigeon.services.comments import changes as comments_changes
from pigeon.services.follows import follows
from pigeon.services.notifications import counts, notifications
from tests.contract import shapes
from tests.factories import make_post, make_story
from tests.factories.notifications import of_a_newer_process
from tests.harness.forms import forms_of, parsed

OPENS = '<a class="ring is-unseen" href="/stories/bob" '
ROW = re.compile(r'id="notification-(\d+)"')


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


def test_opening_the_page_clears_the_badge_and_keeps_rows_unread(client_for, ann, told) -> None:
    client = client_for(ann)
    home = client.get("/").text
    assert '<span data-badge="notifications">2</span>' in home
    assert "<title>(2) Home" in home
    assert "favicon-unread." in home
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


def test_rings_ask_the_database_nothing_once_they_are_known(
    client_for, ann, bob, told, queries
) -> None:
    make_story(bob)
    client = client_for(ann)
    for path in ("/notifications", "/notifications?fragment=panel"):
        assert client.get(path).text.count(OPENS) == 2
        with queries() as sent:
            client.get(path)
        assert not [statement for statement in sent if "stor" in statement.lower()]


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
