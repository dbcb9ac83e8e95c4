"""Pictures: process one, delete what belongs to nothing."""

from __future__ import annotations

from pigeon.jobs.registry import job
from pigeon.services.media import media, owners, processing
from pigeon.services.outbox.outbox import Unknown


def _failed(media_id: int) -> None:
    processing.fail(media_id, "unreadable")


@job("media", gave_up=_failed)
def process(media_id: int) -> None:
    try:
        processing.process(media_id)
    except owners.UnknownKind as error:
        raise Unknown(f"pictures of the kind {error}") from error


@job("default")
def delete(names: list[str], incoming: list[str]) -> None:
    media.delete_files(names, incoming)
