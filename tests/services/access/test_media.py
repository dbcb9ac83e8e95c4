"""Which pictures a viewer may see: alike one by one, in a batch and in SQL.

Of those of messages only their owner can tell: messages may be kept outside of SQL.
"""

from __future__ import annotations

import secrets
from functools import partial
from itertools import chain

from sqlalchemy import select

from pigeon.domain.clock import utc_now
from pigeon.domain.messages import pair_key
from pigeon.extensions import db
from pigeon.models import MediaModel, PostModel, StoryModel
from pigeon.services import access
from pigeon.services.media import media, owners
from pigeon.services.posts import cards as post_cards
from pigeon.services.stories import cards as story_cards
from pigeon.services.users import users
from pigeon.stores.messages import Draft
from pigeon.stores.messages_urls import message_store
from pigeon.unit_of_work import unit_of_work
from tests.harness.twins import ACTORS, World, everything, in_sql, passing


def expected(world: World, actor: str) -> set[str]:
    """Ready ones of visible posts and stories, and the faces of people who are known."""
    seen = in_sql(PostModel.id, access.posts.where(world.viewer(actor)))
    told = in_sql(StoryModel.media_id, access.stories.where(world.viewer(actor)))
    known = world.knows(actor)
    return {
        row.name
        for row in db.session.scalars(select(MediaModel).where(MediaModel.state == "ready"))
        if (row.kind == "post" and row.post_id in seen)
        or (row.kind == "story" and row.id in told)
        or (row.kind == "avatar" and row.owner_id in known)
    }


def test_pictures_one_by_one_in_a_batch_and_in_sql(world: World) -> None:
    names = [one.name for one in db.session.scalars(select(MediaModel)) if one.kind != "message"]
    pictures = media.stored.many(names)
    cards = post_cards.load([one.post_id for one in pictures.values() if one.post_id])
    people = users.cards.many({one.owner_id for one in pictures.values()})
    of_stories = [*chain(*story_cards.of_authors.many(people).values())]
    assert {one.media_id for one in pictures.values() if one.kind == "story"} & {
        int(card.image.id) for card in of_stories if card.image
    }
    for actor in ACTORS:
        seen = expected(world, actor)
        for way, viewer in world.ways(actor):
            case = (actor, way)
            assert in_sql(MediaModel.name, access.media.where(viewer)) == seen, case
            shown = access.media.visible(viewer, pictures.values(), cards, people, of_stories)
            assert {one.media_id for one in shown} == {pictures[i].media_id for i in seen}, case
            check = partial(owners.check_sees, viewer)
            assert {i for i in names if passing(check, [pictures[i]])} == seen, case


def test_every_kind_of_picture_has_an_owner_and_a_rule(world: World) -> None:
    """A kind without one is shown to nobody, and a new owner is tried here."""
    kinds = set(everything(MediaModel.kind))
    assert set(owners.OWNERS) == {"post", "avatar", "message", "story"} < kinds


def test_pictures_of_messages_are_in_no_batch_and_not_found_in_sql(world: World) -> None:
    names = _send_to_everybody(world)
    for actor in ACTORS:
        viewer = world.viewer(actor)
        assert not in_sql(MediaModel.name, access.media.where(viewer)) & {*names.values()}
        pictures = media.stored.many([*names.values()])
        assert len(pictures) == len(names)
        assert access.media.visible(viewer, pictures.values(), {}, {}) == []


def test_a_picture_of_a_message_is_seen_by_both_as_long_as_they_meet(world: World) -> None:
    """ann has sent one to everybody; another one is not ready, and one was sent by nobody yet."""
    names = _send_to_everybody(world)
    pictures = media.stored.many([*names.values(), *everything(MediaModel.name)])
    for actor in ACTORS:
        known, mine = world.knows(actor), world.people.get(actor)
        for way, viewer in world.ways(actor):
            check = partial(owners.check_sees, viewer)
            seen = {to for to, name in names.items() if passing(check, [pictures[name]])}
            met = {actor} & names.keys() if world.people["ann"] in known else set()
            if actor == "ann":
                met = {to for to in names if world.people[to] in known}
            assert seen == met, (actor, way)
            waiting = [one for one in pictures.values() if one.kind == "message"]
            waiting = [one for one in waiting if one.claimed is None]
            assert {one.state for one in waiting} == {"processing", "failed", "ready"}
            shown = {one.state for one in waiting if passing(check, [one])}
            assert shown == ({"ready"} if mine == world.people["ann"] else set()), (actor, way)


def _send_to_everybody(world: World) -> dict[str, str]:
    """Names of pictures, by whom ann sent them to, past every rule about sending."""
    ann, names = world.people["ann"], {}
    for to in set(ACTORS) - {"ann", "stranger"}:
        with unit_of_work():
            row = _picture(ann, claimed=to)
            db.session.add(row)
            db.session.flush()
            names[to], media_id = row.name, row.id
        other = world.people[to]
        chat = message_store().open(pair_key(ann, other), (ann, other))
        draft = Draft(sender_id=ann, client_msg_id=to, sent_us=1, media_id=media_id)
        message_store().append(chat.id, draft)
    return names


def _picture(owner_id: int, claimed: str) -> MediaModel:
    return MediaModel(
        owner_id=owner_id,
        kind="message",
        state="ready",
        name=secrets.token_hex(16),
        width=1,
        height=1,
        variants="[]",
        claimed=claimed,
        created_at=utc_now(),
    )
