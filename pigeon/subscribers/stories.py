"""Events of stories: rings change, their author hears how far they are, what is over is erased."""

from __future__ import annotations

from pigeon.domain import events
from pigeon.jobs import stories
from pigeon.realtime import push
from pigeon.subscribers.reactions import Reaction, Table
from pigeon.unit_of_work import JobSpec


def _tell(event: events.StoryPublished | events.StoryRingChanged) -> list[JobSpec]:
    return [stories.tell_followers.spec(author_id=event.author_id, username=event.username)]


def _erase(event: events.StoryWithdrawn) -> list[JobSpec]:
    return [stories.erase.spec(story_id=event.story_id, author_id=event.author_id)]


def _push_ready(event: events.StoryPublished) -> None:
    if event.had_image:
        push.to_user("story.ready", {"story_id": str(event.story_id)}, event.author_id)


def _push_failure(event: events.StoryFailed) -> None:
    error = {"code": event.code, "message": ""}
    payload = {"story_id": str(event.story_id), "error": error}
    push.to_user("story.failed", payload, event.author_id)


REACTIONS: Table = {
    events.StoryPublished: Reaction(jobs=_tell, send=_push_ready),
    events.StoryProcessed: Reaction(),
    events.StoryFailed: Reaction(send=_push_failure),
    events.StoryRingChanged: Reaction(jobs=_tell),
    events.StoryWithdrawn: Reaction(jobs=_erase),
    events.StoryViewsChanged: Reaction(),
    events.StoryViewsShown: Reaction(),
}
