from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask
from sqlalchemy import func, select, update

from pigeon.domain.clock import utc_now
from pigeon.domain.page import PageRequest
from pigeon.extensions import db
from pigeon.jobs import runner
from pigeon.jobs.scheduler import sweep_outbox
from pigeon.models import MediaModel, OutboxRow, PostModel, PublicationModel, UserModel
from pigeon.services import access, collectors
from pigeon.services.media import media, processing
from pigeon.services.outbox import figures as outbox_figures
from pigeon.services.outbox import outbox
from pigeon.services.posts import cards as post_cards
from pigeon.services.posts import changes as posts_changes
from pigeon.services.posts import posts, publishing
from pigeon.services.timelines import timelines
from pigeon.stores.imaging_results import Rendered, RenderedFile
from pigeon.stores.media import StoreFault
from pigeon.unit_of_work import unit_of_work
from tests.factories import Person, make_follow, make_user
from tests.factories.uploads import make_processing_post
from tests.harness import pictures
from tests.harness.context import concurrently, in_app
from tests.harness.crashes import killed_at, left_in_incoming, stored_objects

FORKS = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
RENDERED = Rendered(
    width=40,
    height=30,
    color="#008080",
    files=(
        RenderedFile(
            kind="w40", width=40, height=30, content_type="image/webp", path=Path("a"), size=1
        ),
    ),
)


@pytest.fixture
def rendered_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rendering takes no time and stores nothing: what follows is what is looked at."""
    monkeypatch.setattr(media, "render", lambda _row: RENDERED)


def publications(post_id: int) -> int:
    db.session.rollback()
    query = select(func.count()).where(PublicationModel.post_id == post_id)
    return db.session.scalar(query) or 0


def timeline_of(person: Person) -> list[int]:
    """Posts by their ids."""
    page = timelines.page(access.viewer(person.id), PageRequest())
    return [entry.post_id for entry in page.items]


def recover(drain: Callable[[], int]) -> None:
    """What the scheduler does a second later, and the workers after it."""
    sweep_outbox()
    drain()


# -- the last image --------------------------------------------------------------------------------


@pytest.mark.no_second_look
@pytest.mark.parametrize("images", [2, 5])
def test_images_that_finish_at_the_same_moment_publish_once(
    app: Flask, rendered_at_once: None, images: int
) -> None:
    ann = make_user("ann")
    for _ in range(12):
        post = make_processing_post(ann, images=images)
        ids = [int(image.id) for image in post.images]
        results = concurrently(app, [lambda number=n: processing.process(number) for n in ids])
        assert results == [None] * images
        assert publications(int(post.id)) == 1
        assert posts.get(int(post.id), None).state == "published"
    assert db.session.scalar(select(UserModel.post_count)) == 12


@pytest.mark.no_second_look
def test_a_post_is_pending_until_it_is_in_its_authors_timeline(
    app: Flask, rendered_at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the home page of who has just shared it shows it nowhere."""
    ann = make_user("ann")
    assert timeline_of(ann) == []
    post = make_processing_post(ann, images=1)
    assert [one.id for one in posts.list_pending(ann.id)] == [post.id]
    forget, had = post_cards.pending.evict, []

    def evict(author_id: int) -> None:
        had.append(timeline_of(ann))
        forget(author_id)

    monkeypatch.setattr(post_cards.pending, "evict", evict)
    processing.process(int(post.images[0].id))
    assert had and all(ids == [int(post.id)] for ids in had)


def test_a_waiting_settler_counts_what_the_other_one_stored(
    app: Flask, rendered_at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second image is settled while the first one's transaction is still open."""
    post = make_processing_post(make_user("ann"), images=2)
    first, second = (int(image.id) for image in post.images)
    is_inside, may_go_on = threading.Event(), threading.Event()
    publish = publishing.publish_if_ready

    def slow(*args: Any) -> None:
        publish(*args)
        if not is_inside.is_set():
            is_inside.set()
            may_go_on.wait(20)

    monkeypatch.setattr(publishing, "publish_if_ready", slow)
    threads = [
        threading.Thread(target=in_app, args=(app, processing.process, number))
        for number in (first, second)
    ]
    threads[0].start()
    assert is_inside.wait(20)
    threads[1].start()
    threads[1].join(0.3)
    may_go_on.set()
    for thread in threads:
        thread.join()
    assert publications(int(post.id)) == 1


def test_removing_the_failed_image_while_the_last_one_finishes_publishes_once(
    app: Flask, rendered_at_once: None
) -> None:
    ann = make_user("ann")
    for _ in range(8):
        post = make_processing_post(ann, images=2)
        good, bad = (int(image.id) for image in post.images)
        processing.fail(bad, "unreadable")
        results = concurrently(
            app,
            [
                lambda number=good: processing.process(number),
                lambda post=post, bad=bad: posts_changes.remove_image(int(post.id), bad, by=ann.id),
            ],
        )
        assert not [result for result in results if isinstance(result, Exception)]
        assert publications(int(post.id)) == 1


def test_deleting_while_the_images_finish_leaves_nothing(
    app: Flask, drain: Callable[[], int]
) -> None:
    ann = make_user("ann")
    for _ in range(3):
        post = make_processing_post(ann, images=2)
        ids = [int(image.id) for image in post.images]
        calls: list[Callable[[], Any]] = [
            lambda number=number: processing.process(number) for number in ids
        ]
        calls.append(lambda post=post: posts_changes.remove(int(post.id), by=ann.id))
        results = concurrently(app, calls)
        assert not [result for result in results if isinstance(result, Exception)]
    drain()
    assert stored_objects() == [] and left_in_incoming() == []
    assert db.session.scalar(select(UserModel.post_count)) == 0


def test_deleting_takes_what_an_interrupted_attempt_had_stored(
    app: Flask, drain: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = make_user("ann")
    post = make_processing_post(ann)
    put, count = media.store().put, iter(range(100))

    def fails_third(*args: Any) -> None:
        if next(count) == 2:
            raise OSError(28, "No space left on device")
        put(*args)

    with monkeypatch.context() as patched:
        patched.setattr(media.store(), "put", fails_third)
        drain()
    assert len(stored_objects()) == 2
    assert posts.get(int(post.id), ann.id).state == "processing"
    posts_changes.remove(int(post.id), by=ann.id)
    drain()
    assert stored_objects() == [] and left_in_incoming() == []


# -- killed at a point -----------------------------------------------------------------------------


@FORKS
@pytest.mark.parametrize(
    "point",
    ["image.rendered", "image.put", "image.put:3", "image.stored", "image.settled", "job.undone"],
)
def test_a_media_worker_killed_anywhere_publishes_once_and_leaves_nothing(
    app: Flask, anonymous: Any, drain: Callable[[], int], point: str
) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    make_follow(ben, ann)
    drain()
    post = make_processing_post(ann, images=2)
    killed_at(app, point, runner.drain)
    seen = anonymous.api("GET", f"/posts/{post.id}")[0]
    assert seen == 404 and publications(int(post.id)) == 0
    recover(drain)
    assert publications(int(post.id)) == 1
    shown = anonymous.api("GET", f"/posts/{post.id}")[1]
    for image in shown["images"]:
        assert all(anonymous.get(v["url"]).status_code == 200 for v in image["variants"])
    assert [name for name in left_in_incoming() if not name.endswith(".work")] == []
    assert outbox_figures.pending() == 0
    orphans = collectors.find_orphans(
        older_than=timedelta(0), upload_grace=timedelta(0), check_missing=True
    )
    assert (orphans.objects, orphans.incoming, orphans.missing) == ([], [], [])


@FORKS
@pytest.mark.parametrize("point", ["image.settled", "job.undone:2"])
def test_killed_after_the_last_image_the_post_is_published_already(
    app: Flask, client_for: Any, drain: Callable[[], int], point: str
) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    make_follow(ben, ann)
    client_for(ben).api("GET", "/timeline")
    drain()
    post = make_processing_post(ann)
    killed_at(app, point, runner.drain)
    assert publications(int(post.id)) == 1
    recover(drain)
    assert publications(int(post.id)) == 1
    assert len(client_for(ben).api("GET", "/timeline")[1]["items"]) == 1
    assert left_in_incoming() == [] and outbox_figures.pending() == 0


@pytest.mark.no_second_look
@FORKS
@pytest.mark.parametrize(
    ("point", "is_stored"), [("post.spooled", 0), ("post.committed", 1), ("post.queued", 1)]
)
def test_a_web_process_killed_anywhere_has_made_one_post_or_none(
    app: Flask, token_client: Any, drain: Callable[[], int], point: str, is_stored: int
) -> None:
    ann = make_user("ann")
    client = token_client(ann)

    def send() -> Any:
        return client.share("once", [pictures.jpeg()], headers={"Idempotency-Key": "k"})

    killed_at(app, point, send)
    assert db.session.scalar(select(func.count()).select_from(PostModel)) == is_stored
    status, post = send()
    assert status == 202
    recover(drain)
    assert db.session.scalar(select(func.count()).select_from(PostModel)) == 1
    assert posts.get(int(post["id"]), None).state == "published"
    assert [item.id for item in posts.list_pending(ann.id)] == []
    collectors.collect(timedelta(0), upload_grace=timedelta(0))
    assert left_in_incoming() == []


@FORKS
def test_work_of_a_killed_worker_is_swept(app: Flask, drain: Callable[[], int]) -> None:
    make_processing_post(make_user("ann"))
    killed_at(app, "image.put", runner.drain)
    assert [name for name in left_in_incoming() if name.endswith(".work")]
    recover(drain)
    collectors.collect(timedelta(0), upload_grace=timedelta(0))
    assert left_in_incoming() == []


# -- attempts --------------------------------------------------------------------------------------


def test_the_result_of_an_older_attempt_is_refused(
    app: Flask, drain: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    post = make_processing_post(make_user("ann"))
    number = db.session.scalar(select(OutboxRow.id)) or 0

    def taken_over(row: MediaModel) -> Rendered:
        """The lease ends while we render, and somebody else takes the job."""
        with unit_of_work():
            db.session.execute(update(OutboxRow).values(attempt=OutboxRow.attempt + 1))
        return RENDERED

    with monkeypatch.context() as patched:
        patched.setattr(media, "render", taken_over)
        assert runner._run_once(number) == "stale"
    assert publications(int(post.id)) == 0
    with unit_of_work():
        db.session.execute(update(OutboxRow).values(state="ready", available_at=utc_now()))
    drain()
    assert publications(int(post.id)) == 1


def test_a_job_that_fails_five_times_fails_its_image_and_an_operator_can_bring_it_back(
    app: Flask, drain: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = make_user("ann")
    post = make_processing_post(ann)
    with monkeypatch.context() as patched:
        patched.setattr(media, "render", _broken)
        for failures in range(1, 6):
            assert posts.get(int(post.id), ann.id).state == "processing"
            drain()
            (row,) = db.session.scalars(select(OutboxRow))
            assert row.failures == failures
            _make_due()
    (dead,) = outbox_figures.list_dead()
    assert (dead.job, dead.queue) == ("media.process", "media")
    assert posts.get(int(post.id), ann.id).images[0].state == "failed"
    assert posts.get(int(post.id), ann.id).state == "failed"
    answer = app.test_cli_runner().invoke(args=["jobs", "retry", str(dead.id)])
    assert answer.exit_code == 0, answer.output
    drain()
    assert posts.get(int(post.id), None).state == "published"
    assert outbox_figures.list_dead() == [] and left_in_incoming() == []


def _broken(_row: object) -> Rendered:
    raise RuntimeError("broken")


def _make_due() -> None:
    """As if the delay were over."""
    with unit_of_work():
        db.session.execute(
            update(OutboxRow)
            .where(OutboxRow.state == "ready")
            .values(available_at=OutboxRow.created_at)
        )


def test_a_withdrawn_author_publishes_nothing_and_leaves_nothing(
    app: Flask, client_for: Any, drain: Callable[[], int]
) -> None:
    ann = make_user("ann")
    post = make_processing_post(ann, images=2)
    number = int(post.images[0].id)
    status, _ = client_for(ann).api("DELETE", "/me", {"password": ann.password})
    assert status == 202
    processing.process(number)
    assert publications(int(post.id)) == 0
    drain()
    assert publications(int(post.id)) == 0
    assert db.session.scalar(select(func.count()).select_from(MediaModel)) == 0
    assert stored_objects() == [] and left_in_incoming() == []


# -- S3 --------------------------------------------------------------------------------------------


def test_pictures_in_an_object_store_are_reached_by_a_short_lived_address(
    stage: Any, s3: Any, database: str
) -> None:
    app = stage.app(database, "full", {"MEDIA_URL": s3.media_url})
    with app.app_context():
        ann = make_user("ann")
        post = make_processing_post(ann)
        runner.drain()
        shown = posts.get(int(post.id), None)
        client = app.test_client()
        answer = client.get(shown.images[0].url)
        assert answer.status_code == 302
        assert answer.headers["Cache-Control"] == "no-store"
        assert "X-Amz-Expires=60" in answer.location
        fetched = requests.get(answer.location, timeout=20)
        assert fetched.headers["Content-Type"] == "image/webp" and fetched.content
        picture = shown.images[0].url.rpartition("/")[2]
        assert len(stored_of(picture)) == 3 and picture in stored_of(picture)
        posts_changes.remove(int(post.id), by=ann.id)
        assert client.get(shown.images[0].url).status_code == 404
        runner.drain()
        assert stored_of(picture) == []


def stored_of(picture: str) -> list[str]:
    """What the store has of it; other tests of this run may have left theirs there."""
    names = [name for name, _ in media.store().list()]
    return [name for name in names if name.startswith(picture[: media.RANDOM_PART])]


def test_a_store_out_of_reach_for_minutes_costs_no_post(
    app: Flask, drain: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = make_user("ann")
    post = make_processing_post(ann)
    with monkeypatch.context() as patched:
        patched.setattr(media, "render", _out_of_reach)
        for _ in range(outbox.MAX_FAILURES + 3):
            drain()
            _make_due()
        assert posts.get(int(post.id), ann.id).state == "processing"
        with unit_of_work():
            long_ago = utc_now() - outbox.PATIENCE_OF["media"].lasts
            db.session.execute(update(OutboxRow).values(created_at=long_ago))
        for _ in range(outbox.MAX_FAILURES):
            _make_due()
            drain()
    assert posts.get(int(post.id), ann.id).state == "failed"
    posts_changes.retry(int(post.id), by=ann.id)
    drain()
    assert posts.get(int(post.id), None).state == "published"


def _out_of_reach(_row: object) -> Rendered:
    raise StoreFault("503 Slow Down")
