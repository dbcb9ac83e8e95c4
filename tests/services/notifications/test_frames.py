"""Who is online hears at once."""

from __future__ import annotations

import json

from pigeon.services.users import users
from tests.factories import Person, make_comment, make_post
from tests.harness.online import bring_online
from tests.services.notifications.telling import Drain, Frames


def test_who_is_online_hears_it_in_their_language(
    ann: Person, ben: Person, cat: Person, drain: Drain, frames: Frames
) -> None:
    users.update_profile(ann.id, {"language": "ko"})
    bring_online([ann.id, cat.id])
    make_comment(make_post(ann), ben, text="@cat how blue")
    drain()
    found = {recipient: payload for _, recipient, payload in frames.take("notification.created")}
    assert set(found) == {ann.id, cat.id}
    assert found[cat.id]["message"] == "ben mentioned you in a comment"
    assert found[ann.id]["unseen"] == found[ann.id]["unread"] == 1
    assert found[ann.id]["excerpt"] == "@cat how blue"
    json.dumps(found)


def test_who_is_offline_gets_no_frame(
    ann: Person, ben: Person, drain: Drain, frames: Frames
) -> None:
    make_comment(make_post(ann), ben)
    drain()
    assert not frames.take("notification.created")
