"""A small site to call, and a caller that checks every answer twice: by table and by document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from functools import cache
from typing import Any

from flask import Flask
from jsonschema import Draft202012Validator

from pigeon.blueprints.openapi import document
from pigeon.services.follows import follows
from pigeon.services.likes import likes
from pigeon.services.messages.checks import Content
from pigeon.services.messages.sending import send
from pigeon.services.relations import blocks, mutes
from pigeon.services.saves import saves
from pigeon.services.searches import history
from pigeon.services.stories import replies
from pigeon.services.stories.replies import Answer
from pigeon.services.users import users
from tests.contract.shapes import ERROR, Shape, faults
from tests.factories import (
    Commented,
    Person,
    Posted,
    make_comment,
    make_follow,
    make_post,
    make_story,
    make_user,
)
from tests.factories.people import PASSWORD
from tests.factories.stories import fail_story
from tests.harness.clients import Client
from tests.harness.context import in_app
from tests.harness.outside import link_in

TAG = "하늘"


@dataclass
class World:
    """ann asks; she follows bob, eve follows ann; cat is the suggestion.

    ann comments on bob's post, and bob answers her. Both show a story, and one of ann's failed.
    """

    app: Flask
    settle: Callable[[], int]
    mails: Callable[[], list[EmailMessage]]
    client: Client
    ann: Person
    bob: Person
    cat: Person
    eve: Person
    theirs: Posted
    mine: Posted
    failed: Posted
    comment: Commented
    reply: Commented
    story: int
    my_story: int
    failed_story: int

    @property
    def names(self) -> dict[str, Any]:
        """What stands for the placeholders of paths."""
        return {
            "username": self.bob.username,
            "post_id": self.theirs.id,
            "tag": TAG,
            "mine": self.mine.id,
            "failed": self.failed.id,
            "failed_image": self.failed.image_ids[0],
            "cat": self.cat.username,
            "eve": self.eve.username,
            "comment_id": self.comment.id,
            "reply": self.reply.id,
            "story_id": self.story,
            "my_story": self.my_story,
            "failed_story": self.failed_story,
        }

    def told(self) -> dict[str, Any]:
        """Once all jobs are done: the newest notification of ann."""
        self.settle()
        status, page = self.client.api("GET", "/notifications?limit=1")
        assert status == 200 and page["items"]
        return {"notification_id": page["items"][0]["id"]}

    def saved(self) -> dict[str, Any]:
        saves.set_saved(self.theirs.id, by=self.ann.id, on=True)
        return {}

    def discovered(self) -> None:
        """Of cat, whom ann does not follow."""
        make_post(self.cat)

    def searched(self) -> dict[str, Any]:
        """For a word, then for bob."""
        entry = history.add_word("sea", by=self.ann.id)
        history.add_person("bob", by=self.ann.id)
        return {"entry_id": entry.id}

    def talked(self) -> dict[str, Any]:
        """bob and ann have written to each other, and eve, who is a stranger to her, to ann."""
        for by, to, text in ((self.bob, "ann", "hi"), (self.ann, "bob", "hello")):
            send(to, Content(text=text), by=by.id, client_msg_id=f"to-{to}")
        asked, _ = send("ann", Content(text="hm"), by=self.eve.id, client_msg_id="to-ann")
        mine, _ = send("bob", Content(post_id=self.theirs.id), by=self.ann.id, client_msg_id="post")
        assert asked.seq == 1
        return {"message_id": mine.id}

    def liked(self) -> None:
        """By eve and ann, and stored: bob's post, and ann's comment."""
        for person in (self.eve, self.ann):
            likes.set_liked(likes.POSTS, self.theirs.id, by=person.id, on=True)
            likes.set_liked(likes.COMMENTS, self.comment.id, by=person.id, on=True)
        self.settle()

    def watched(self) -> None:
        """bob and eve have seen ann's story, and bob has reacted."""
        for person, answer in (
            (self.bob, Answer(reaction="🔥")),
            (self.eve, Answer(text="nice")),
        ):
            to = replies.address(self.my_story, by=person.id)
            replies.reply(to, self.my_story, answer, by=person.id, client_msg_id="story")
        self.settle()

    def kept_away(self) -> None:
        """ann has blocked eve, and muted bob."""
        blocks.block(self.eve.id, by=self.ann.id)
        mutes.set_muted(self.bob.id, by=self.ann.id, of=["stories"], on=True)

    def asked(self) -> None:
        """ann is private, and cat asks to follow her."""
        users.update_profile(self.ann.id, {"is_private": True})
        follows.follow(self.ann.id, by=self.cat.id)

    def sign_up_token(self) -> str:
        body = {
            "email": "new@example.org",
            "username": "newcomer",
            "display_name": "New",
            "password": PASSWORD,
        }
        assert self.client.api("POST", "/auth/signup", body)[0] == 202
        return self._token()

    def reset_token(self) -> str:
        self.client.api("POST", "/auth/password/forgot", {"email": self.ann.email})
        return self._token()

    def _token(self) -> str:
        return link_in(self.mails()[-1]).rpartition("/")[2]


def build(
    app: Flask, settle: Callable[[], int], mails: Any, client_for: Callable[[Person], Client]
) -> World:
    ann, bob, cat, eve = (make_user(name) for name in ("ann", "bob", "cat", "eve"))
    make_follow(ann, bob, bell=True)
    make_follow(eve, ann)
    make_follow(bob, cat)
    make_follow(eve, bob)
    theirs = make_post(bob, caption=f"for @ann and @nobody #{TAG}", images=2, alt="a bird")
    comment = make_comment(theirs, ann, text=f"@bob and @nobody: #{TAG}")
    failed_story = make_story(ann, picture=True)
    fail_story(failed_story)
    return World(
        app=app,
        settle=settle,
        mails=mails,
        client=client_for(ann),
        ann=ann,
        bob=bob,
        cat=cat,
        eve=eve,
        theirs=theirs,
        mine=make_post(ann, caption="mine"),
        failed=make_post(ann, caption="oh", images=2, state="failed"),
        comment=comment,
        reply=make_comment(theirs, bob, text="thank you", answers=comment),
        story=make_story(bob, "look", picture=True),
        my_story=make_story(ann, "mine"),
        failed_story=failed_story,
    )


def call(
    client: Client, method: str, path: str, status: int, shape: Shape = None, **request: Any
) -> Any:
    """Call the API and hold the answer against the contract's table and the OpenAPI document.

    `path` is the document's, with `values` for its placeholders; `query` and the rest as in `api`.
    """
    values, query = request.pop("values", {}), request.pop("query", "")
    address = path.format(**values) + (f"?{query}" if query else "")
    found, body = client.api(method, address, **request)
    assert found == status, (method, address, found, body)
    answer = client.last
    if status == 204:
        assert answer.data == b""
        return None
    assert answer.mimetype == "application/json"
    if shape is None:
        shape = ERROR if status >= 400 else None
    assert shape is not None, "every answer has a shape"
    assert not list(faults(body, shape)), (method, address, body)
    check_document(client.application, method, path, status, body)
    return body


def check_document(app: Flask, method: str, path: str, status: int, body: Any) -> None:
    """The answer is one that the OpenAPI document announces."""
    described = api_document(app)
    operation = described["paths"][path][method.lower()]
    schema = operation["responses"][str(status)]["content"]["application/json"]["schema"]
    Draft202012Validator({**schema, "components": described["components"]}).validate(body)


@cache
def api_document(app: Flask) -> dict[str, Any]:
    return in_app(app, document)


def refusal(body: Any) -> tuple[str, dict[str, str]]:
    """The code of an Error, and those of its fields."""
    error = body["error"]
    return error["code"], {name: fault["code"] for name, fault in error["fields"].items()}


def refused(client: Any, name: str, **request: Any) -> tuple[int, str, dict[str, str]]:
    """Status, code and the codes of the fields of a refusal; its shape is checked."""
    method, path = name.split()
    status, body = client.api(method, path, **request)
    assert not list(faults(body, ERROR)), (name, status, body)
    return (status, *refusal(body))
