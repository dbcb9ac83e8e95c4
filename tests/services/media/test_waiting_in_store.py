"""Uploads that wait in the object store, from the request to the picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from pigeon.domain.clock import utc_now
from pigeon.domain.errors import NotFound
from pigeon.extensions import db
from pigeon.jobs import registry, runner
from pigeon.jobs.scheduler import sweep_outbox
from pigeon.models import MediaModel, OutboxRow, PostModel
from pigeon.services import collectors, readiness
from pigeon.services.media import media
from pigeon.services.outbox import figures as outbox_figures
from pigeon.services.posts import posts
from pigeon.stores.incoming_s3 import MARK, S3Incoming
from pigeon.unit_of_work import unit_of_work
from tests.factories import make_user
from tests.factories.uploads import make_processing_post, make_upload
from tests.harness import children, connections, pictures
from tests.harness.clients import Client
from tests.harness.crashes import killed_at, left_in_incoming
from tests.harness.environment import MODES
from tests.harness.outside import CREDENTIALS, ObjectStore
from tests.harness.rows import count

if TYPE_CHECKING:
    from flask import Flask

    from tests.harness.stage import Stage

FORKS = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")


@pytest.fixture
def app(stage: Stage, s3: ObjectStore, database: str, mode: str) -> Iterator[Flask]:
    """As everywhere, with pictures in an object store in which nothing waits."""
    app = stage.app(database, mode, {"MEDIA_URL": s3.media_url})
    connections.close_messages(app)
    with app.app_context():
        for token in waiting():
            media.incoming().discard(token)
        yield app


def waiting() -> list[str]:
    return [token for token, _ in media.incoming().list()]


def tokens() -> list[str]:
    return sorted(db.session.scalars(select(MediaModel.incoming)))


def test_a_post_waits_there_and_leaves_nothing(
    app: Flask, client_for: Any, anonymous: Client, drain: Callable[[], int]
) -> None:
    status, post = client_for(make_user("ann")).share("", [pictures.jpeg(), pictures.png()])

    assert status == 202
    assert sorted(waiting()) == tokens() and len(tokens()) == 2
    assert all(token.startswith(MARK) for token in tokens())
    assert left_in_incoming() == []
    drain()
    assert anonymous.api("GET", f"/posts/{post['id']}")[1]["state"] == "published"
    assert waiting() == [] and left_in_incoming() == []


def test_what_is_refused_with_the_request_never_gets_there(
    app: Flask, client_for: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file cut inside, beside one that is whole: neither was put."""
    put: list[Any] = []
    monkeypatch.setattr(S3Incoming, "_put_one", lambda *given: put.append(given))
    whole = pictures.jpeg(640, 480)
    status, answer = client_for(make_user("ann")).share("", [whole, whole[: len(whole) // 2]])
    assert (status, list(answer["error"]["fields"])) == (422, ["images.1"])
    assert put == [] and waiting() == [] and left_in_incoming() == []


def test_what_waits_has_no_address(app: Flask, client_for: Any) -> None:
    """Not for its author, nor for who runs the site."""
    ann, admin = make_user("ann"), make_user("zoe", role="admin")
    make_processing_post(ann)
    (token,) = waiting()
    name = token.removeprefix(MARK)
    row = db.session.scalar(select(MediaModel))
    assert row is not None
    for who in (ann, admin):
        client = client_for(who)
        for path in (name, f"incoming/{name}", token, f"{name}.jpg", f"..%2fincoming%2f{name}"):
            assert client.get(f"/media/{path}").status_code == 404, path
    with pytest.raises(NotFound):
        media.get_stored(name)


def test_what_nobody_refers_to_is_collected(app: Flask, drain: Callable[[], int]) -> None:
    """A web process died between the store and its commit."""
    post = make_processing_post(make_user("ann"))
    (needed,) = waiting()
    lost = make_upload().token
    assert collectors.collect().incoming == []

    found = collectors.collect(upload_grace=timedelta(seconds=-60))  # an hour later, and more

    assert found.incoming == [lost] and waiting() == [needed]
    drain()
    assert posts.get(int(post.id), None).state == "published"


def test_a_deleted_post_takes_along_what_waits(
    app: Flask, client_for: Any, drain: Callable[[], int]
) -> None:
    client = client_for(make_user("ann"))
    post = client.share("", [pictures.jpeg()])[1]
    assert client.api("DELETE", f"/posts/{post['id']}")[0] == 204
    drain()
    assert waiting() == []


@FORKS
@pytest.mark.parametrize(
    "point", ["image.rendered", "image.put:2", "image.stored", "image.settled"]
)
def test_a_worker_killed_anywhere_is_followed_by_another(
    app: Flask, drain: Callable[[], int], point: str
) -> None:
    post = make_processing_post(make_user("ann"), images=2)
    killed_at(app, point, runner.drain)
    sweep_outbox()
    drain()
    assert posts.get(int(post.id), None).state == "published"
    assert waiting() == [] and outbox_figures.pending() == 0


def test_a_worker_of_the_release_before_leaves_it(
    app: Flask, drain: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would find no such file, and fail the post."""
    post = make_processing_post(make_user("ann"))
    assert db.session.scalars(select(OutboxRow.job)).all() == ["media.process_stored"]
    with monkeypatch.context() as before:
        before.delitem(registry.JOBS, "media.process_stored")
        runner.drain()
    assert posts.get(int(post.id), int(post.author.id)).state == "processing"
    assert outbox_figures.unknown() == 1
    _make_due()
    drain()
    assert posts.get(int(post.id), None).state == "published"


def _make_due() -> None:
    """Those seconds are over."""
    with unit_of_work():
        for row in db.session.scalars(select(OutboxRow)):
            row.available_at = utc_now() - timedelta(seconds=1)


def test_what_the_release_before_kept_is_processed_where_it_lies(
    app: Flask, drain: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the folder, which all processes of that release shared."""
    folder = media.folder_of(app.extensions["settings"].incoming)
    with monkeypatch.context() as before:
        before.setattr(media, "keeping", lambda: folder)
        post = make_processing_post(make_user("ann"))
    assert db.session.scalars(select(OutboxRow.job)).all() == ["media.process"]
    assert left_in_incoming() == tokens()
    drain()
    assert posts.get(int(post.id), None).state == "published"
    assert left_in_incoming() == []


@pytest.mark.parametrize("mode", ["plain"])
def test_the_plain_way_does_it_on_its_own_disk(
    app: Flask, client_for: Any, anonymous: Client, mode: str
) -> None:
    status, post = client_for(make_user("ann")).share("", [pictures.jpeg()])
    assert mode in MODES and status in (201, 202)
    assert anonymous.api("GET", f"/posts/{post['id']}")[1]["state"] == "published"
    assert waiting() == [] and left_in_incoming() == []


def test_config_check_keeps_one_for_real_and_leaves_nothing(app: Flask) -> None:
    assert readiness.keeping_problems() == []
    assert waiting() == [] and left_in_incoming() == []


class TestAway:
    """Nobody listens where the store should be."""

    @pytest.fixture
    def app(self, stage: Stage, database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
        for name, value in CREDENTIALS.items():
            monkeypatch.setenv(name, value)
        url = f"s3://bucket?endpoint=http://127.0.0.1:{children.free_port()}&region=us-east-1"
        app = stage.app(database, "full", {"MEDIA_URL": url})
        with app.app_context():
            yield app

    @pytest.mark.parametrize("language", ["en", "ko"])
    def test_a_post_is_refused_in_words_and_nothing_is_half_stored(
        self, app: Flask, client_for: Any, language: str
    ) -> None:
        client = client_for(make_user("ann", language=language))
        status, answer = client.share("", [pictures.jpeg(), pictures.jpeg()])
        assert (status, answer["error"]["code"]) == (503, "unavailable")
        sentence = {"en": "Pictures cannot be taken now.", "ko": "지금은 사진을 받을 수 없어요."}
        assert answer["error"]["message"].startswith(sentence[language])
        assert int(client.last.headers["Retry-After"]) > 0
        assert count(PostModel) == 0 and count(MediaModel) == 0 and left_in_incoming() == []
        assert client.share("text still works")[0] == 201
        told = "the object store does not take uploads: pictures are refused"
        assert readiness.examine().refusing == (told,) and readiness.examine().is_ready

    def test_config_check_says_so(self, app: Flask) -> None:
        answer = app.test_cli_runner().invoke(args=["config", "check"])
        assert answer.exit_code == 1
        assert "- MEDIA_URL, INCOMING: an upload cannot be kept: StoreFault" in answer.output
        assert left_in_incoming() == []


def test_config_check_names_an_address_that_is_none(stage: Stage, database: str) -> None:
    with stage.app(database, "full", {"MEDIA_URL": "ftp://pictures"}).app_context():
        (line,) = readiness.keeping_problems()
    assert line.startswith("MEDIA_URL: folder:<path> or s3://")
