"""Cards of the feed as they are kept: whom they name, and what another release wrote."""

from __future__ import annotations

from flask import Flask

from pigeon.services.posts import cards as post_cards
from pigeon.web.posts import fragments
from tests.factories import make_comment, make_post, make_user


def test_a_card_says_at_its_end_whom_it_names_and_shows_nothing_of_that(app: Flask) -> None:
    ann, ben, cid = (make_user(name) for name in ("ann", "ben", "cid"))
    post = make_post(ann, caption="with @ben")
    make_comment(post, cid)
    card = post_cards.load([post.id])[post.id]
    with app.test_request_context():
        previews = fragments.comments.previews([post.id])[post.id]
        kept = fragments.render(card, previews, "en")
        nobody = fragments.decode(fragments.render(make_card(), [], "en"))
    found = fragments.decode(kept)
    assert found.named == {ben.id, cid.id}
    assert fragments.NAMED not in b"".join(found.pieces)
    assert nobody.named == frozenset()


def test_what_the_release_before_wrote_says_nothing_of_whom_it_names(app: Flask) -> None:
    with app.test_request_context():
        kept = fragments.render(make_card(), [], "en")
    written_before = kept.partition(fragments.NAMED)[0]
    found = fragments.decode(written_before)
    assert found.named is None
    assert found.pieces == fragments.decode(kept).pieces


def make_card() -> fragments.PostCard:
    post = make_post(make_user())
    return post_cards.load([post.id])[post.id]
