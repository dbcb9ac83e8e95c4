"""Two releases over one object store: the older keeps uploads on a disk, the newer in the store."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from pigeon.services.accounts import sessions
from tests.factories import make_user
from tests.harness import children, pictures
from tests.harness.outside import ObjectStore
from tests.harness.parts import WEB, Parts, started_parts
from tests.harness.releases import unpack_before
from tests.harness.sites import START_S, status_of

pytestmark = [
    pytest.mark.mariadb,
    pytest.mark.processes,
    pytest.mark.slow,
    pytest.mark.timeout(300),
]


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpack_before(tmp_path_factory.mktemp("before") / "release")


@pytest.fixture
def parts(tmp_path: Path, s3: ObjectStore) -> Iterator[Parts]:
    with started_parts(tmp_path, MEDIA_URL=s3.media_url, **s3.env) as found:
        yield found


@pytest.fixture
def headers(parts: Parts) -> dict[str, str]:
    with parts.site.app.app_context():
        return {"Authorization": f"Bearer {sessions.create_token(make_user('ann').id)}"}


def share(web: str, headers: dict[str, str]) -> Callable[[], Any]:
    """A post with a picture; asks for its state."""
    files = {"images[]": ("a.jpg", pictures.jpeg(), "image/jpeg")}
    answer = requests.post(f"{web}/api/v1/posts", headers=headers, files=files, timeout=30)
    assert answer.status_code == 202, answer.text
    url = f"{web}/api/v1/posts/{answer.json()['id']}"
    return lambda: requests.get(url, headers=headers, timeout=30).json()["state"]


def start_older_web(parts: Parts, before: Path) -> str:
    port = children.free_port()
    url = f"http://127.0.0.1:{port}"
    parts.site.start("web", list(WEB), cwd=before, PIGEON_ROLE="web", PORT=str(port))
    log = parts.site.log("web")
    children.wait_ready(
        parts.site.processes["web"],
        lambda: status_of(f"{url}/readyz") == 200,
        log=log,
        timeout_s=START_S,
    )
    return url


def test_an_older_worker_leaves_what_waits_in_the_store(
    parts: Parts, before: Path, headers: dict[str, str]
) -> None:
    web = parts.web("web")
    command = [sys.executable, "-m", "pigeon.jobs.worker", "media=1"]
    parts.site.start("older", command, cwd=before)
    parts.scheduler("scheduler")
    state = share(web, headers)
    log = parts.site.log("older")
    children.wait_until(lambda: "job_unknown" in log.read_text(), timeout_s=60, what="leaving it")
    assert state() == "processing"

    parts.stop("older")
    parts.worker("newer", "media=1")
    children.wait_until(lambda: state() == "published", timeout_s=60, what="the post")


def test_a_newer_worker_finds_what_waits_on_the_disk(
    parts: Parts, before: Path, headers: dict[str, str], s3: ObjectStore
) -> None:
    state = share(start_older_web(parts, before), headers)
    kept = list((parts.folder / "data" / "incoming").iterdir())
    assert len(kept) == 1 and state() == "processing"

    parts.scheduler("scheduler")
    parts.worker("newer", "media=1")
    children.wait_until(lambda: state() == "published", timeout_s=60, what="the post")
    children.wait_until(lambda: not kept[0].exists(), what="its original to go")
