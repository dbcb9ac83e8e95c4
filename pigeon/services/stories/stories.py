"""Stories: created at once, shown when it is their turn, read until they end."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.exc import IntegrityError

from pigeon.crash_points import crash_point
from pigeon.domain.clock import utc_now
from pigeon.domain.errors import NotFound
from pigeon.domain.events import ImagesAccepted
from pigeon.domain.media import Upload
from pigeon.domain.page import Page, PageRequest, cut
from pigeon.domain.stories import Story, StoryCard, StoryViewer, TextStyle
from pigeon.extensions import db
from pigeon.models import StoryModel
from pigeon.services import access, idempotency
from pigeon.services.access import Who
from pigeon.services.access.viewers import Viewer
from pigeon.services.media import media
from pigeon.services.stories import cards, pictures, showing, views
from pigeon.services.users import users
from pigeon.unit_of_work import retried, unit_of_work


def get(story_id: int, who: Who) -> Story:
    """A story as the viewer sees it; NotFound for what they may not see, and from its end on."""
    viewer = access.viewer(who)
    card = access.stories.check_sees(viewer, cards.find(story_id))
    return see([card], viewer)[0]


def check_owns(story_id: int, who: Who) -> StoryCard:
    """NotFound for who may not see the story, Forbidden for everybody but its author."""
    return access.stories.check_owns(access.viewer(who), cards.find(story_id))


def see(found: Sequence[StoryCard], viewer: Viewer) -> list[Story]:
    """Stories that the viewer may see, with what depends on who asks."""
    ids = [card.id for card in found]
    seen = views.seen_among(viewer, ids)
    mine = [card.id for card in found if card.author_id == viewer.id]
    counted = views.counts_of(mine)
    return [
        Story.of(
            card,
            StoryViewer(
                is_author=card.author_id == viewer.id,
                seen=card.id in seen,
                view_count=counted.get(card.id),
            ),
        )
        for card in found
    ]


def shown_of(author_id: int, viewer: Viewer) -> list[StoryCard]:
    """The live stories of a person that the viewer may see, oldest first."""
    found = access.stories.visible(viewer, cards.of_authors.one(author_id) or [])
    return [card for card in found if card.state == access.stories.PUBLISHED]


def waiting_of(author_id: int) -> list[Story]:
    """The author's own that are not shown: they are processed, held back, or failed."""
    viewer = access.viewer(author_id)
    found = access.stories.visible(viewer, cards.of_authors.one(author_id) or [])
    return see([card for card in found if card.state != access.stories.PUBLISHED], viewer)


def list_of(username: str, who: Who, request: PageRequest) -> Page[Story]:
    """A page of a person's live stories, oldest first; NotFound for who may not see them."""
    viewer = access.viewer(who)
    person = access.users.check_sees_posts_of(viewer, users.get_card(username, viewer))
    after = request.before or 0
    found = shown_of(person.id, viewer)
    rows = found[after : after + request.limit + 1]
    page = cut(rows, request, lambda card: found.index(card) + 1)
    return page.map(lambda some: see(some, viewer))


# -- creating --------------------------------------------------------------------------------------


def find_answer(user_id: int, key: str, mark: str) -> Story | None:
    """The story that this key made before; Conflict when it was for another body."""
    story_id = idempotency.find_made(user_id, key, mark, "story")
    return get(story_id, user_id) if story_id is not None else None


@retried
def create(
    author_id: int,
    said: str,
    style: TextStyle,
    upload: Upload | None,
    *,
    key: str = "",
    mark: str = "",
) -> Story:
    """Put a story at the end of its author's queue; one of words alone is shown at once.

    With the same `key` and `mark` again, the same story is answered.
    """
    try:
        story_id = _insert(author_id, said, style, upload, key, mark)
    except IntegrityError:
        media.delete_files([], [upload.token] if upload else [])
        answered = find_answer(author_id, key, mark)
        if answered is None:
            raise
        return answered
    crash_point("story.stored")
    return get(story_id, author_id)


def _insert(
    author_id: int, said: str, style: TextStyle, upload: Upload | None, key: str, mark: str
) -> int:
    with unit_of_work() as uow:
        author = showing.lock_author(author_id)
        if author is None or not access.users.is_active_state(author.state):
            raise NotFound
        picture = media.add(upload, owner_id=author_id, kind=pictures.KIND) if upload else None
        db.session.flush()
        story = StoryModel(
            author_id=author_id,
            media_id=picture.id if picture else None,
            state="processing",
            turn=showing.next_turn(author_id),
            text=said,
            alt=upload.alt if upload else "",
            created_at=utc_now(),
            **vars(style),
        )
        db.session.add(story)
        db.session.flush()
        if key:
            idempotency.take(author_id, key, mark, "story", story.id)
        if picture is None:
            showing.show(uow, story)
        else:
            uow.record(ImagesAccepted(media_ids=[picture.id]))
            uow.after_commit(lambda: cards.evict(author_id))
        story_id = story.id
    return story_id
