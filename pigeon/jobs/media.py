"""Pictures: process one, delete what belongs to nothing."""

from __future__ import annotations

from pigeon.jobs.registry import job
from pigeon.services.media import media, owners, processing
from pigeon.services.outbox.outbox import Unknown
from pigeon.unit_of_work import JobSpec


def _failed(media_id: int) -> None:
    """It is not the file: what was needed for it was away for longer than anybody waits."""
    processing.fail(media_id, "not_processed")


@job("media", gave_up=_failed)
def process(media_id: int) -> None:
    try:
        processing.process(media_id)
    except owners.UnknownKind as error:
        raise Unknown(f"pictures of the kind {error}") from error


@job("media", gave_up=_failed)
def process_stored(media_id: int) -> None:
    """`process` of what waits in the object store.

    Under a name of its own: to a worker of the release before, which knows folders alone, such a
    picture would be missing, and so its post would fail. It leaves a job that it does not know.
    """
    process.run(media_id)


def to_process(media_id: int) -> JobSpec:
    """The job for a picture that was kept just now."""
    return (process_stored if media.waits_in_store() else process).spec(media_id=media_id)


@job("default")
def delete(names: list[str], incoming: list[str]) -> None:
    media.delete_files(names, incoming)
