"""A disk that fills up under a running site: reads go on, writes are refused, nothing ends."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.harness import children
from tests.harness.disks import Disk, site_on_small_disk
from tests.harness.visitor import Visitor

pytestmark = [pytest.mark.processes, pytest.mark.slow, pytest.mark.timeout(400)]
SIZE = "420m"
NEARLY = 200 << 20
READS = ("/", "/u/ann", "/p/{post}", "/notifications", "/settings", "/api/v1/posts/{post}")


@pytest.fixture
def disk() -> Iterator[Disk]:
    with (
        tempfile.TemporaryDirectory(prefix="pigeon-", ignore_cleanup_errors=True) as name,
        site_on_small_disk(Path(name), SIZE, SQL_FLUSH="on") as disk,
    ):
        yield disk


@pytest.fixture
def ann(disk: Disk) -> Iterator[Visitor]:
    with Visitor(disk.site.url) as visitor:
        visitor.sign_up("ann", disk.seen / "outbox")
        visitor.log_in("ann")
        yield visitor


def processes(disk: Disk) -> set[int]:
    top = psutil.Process(disk.site.processes["site"].pid)
    return {process.pid for process in top.children(recursive=True)}


def kill(disk: Disk, command: str) -> None:
    for process in psutil.Process(disk.site.processes["site"].pid).children():
        if command in " ".join(process.cmdline()):
            process.kill()


def said(disk: Disk) -> list[str]:
    return disk.site.log("site").read_text(errors="replace").splitlines()


def reasons(disk: Disk) -> list[str]:
    objects = (line[line.index("{") :] for line in said(disk) if '"event": "unavailable"' in line)
    return [str(json.loads(line)["reason"]) for line in objects]


def problems(visitor: Visitor) -> list[str]:
    answer = visitor.page("/readyz")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["problems"])


def check_reads(visitor: Visitor, post_id: str) -> None:
    for path in READS:
        answer = visitor.page(path.format(post=post_id))
        assert answer.status_code == 200, (path, answer.status_code, answer.text[-500:])


def refused(answer: Any) -> bool:
    if answer.status_code != 503:
        assert answer.ok, (answer.status_code, answer.text)
        return False
    assert answer.json()["error"]["code"] == "unavailable"
    return int(answer.headers["Retry-After"]) > 0


def liking_is_refused(visitor: Visitor, post_id: str) -> bool:
    """The journal fits into the last page of its file for a while."""
    methods = ("PUT", "DELETE")
    return any(refused(visitor.call(method, f"/posts/{post_id}/like")) for method in methods)


def test_a_disk_fills_up_and_empties_again(disk: Disk, ann: Visitor) -> None:
    first = ann.share("before").json()["id"]
    picture = ann.wait_published(first)["images"][0]["variants"][0]["url"]
    assert problems(ann) == ([] if disk.is_real else problems(ann))
    before = processes(disk)

    disk.leave(NEARLY)
    if disk.is_real:
        assert refused(ann.share("no room for it"))
        assert any("256 MB" in reason for reason in reasons(disk))
        children.wait_until(lambda: any("uploads" in p for p in problems(ann)), what="its name")
    words = ann.call("POST", f"/posts/{first}/comments", json={"text": "words need little"})
    assert words.status_code == 201, words.text

    disk.leave(0)
    post = {"json": {"text": "coo " * 200}}
    children.wait_until(
        lambda: refused(ann.call("POST", f"/posts/{first}/comments", **post)), what="refusal"
    )
    for _ in range(5):
        check_reads(ann, first)
        assert ann.page(picture).status_code == 200
        assert refused(ann.call("POST", f"/posts/{first}/comments", **post))
        assert ann.page("/metrics").status_code == 200
    if disk.is_real:
        children.wait_until(lambda: any("full" in p for p in problems(ann)), what="its name")
        children.wait_until(lambda: liking_is_refused(ann, first), what="a refused like")
        children.wait_until(
            lambda: any("state Redis cannot write" in p for p in problems(ann)), what="its name"
        )
    assert any("full" in reason or "I/O" in reason for reason in reasons(disk)), reasons(disk)
    assert processes(disk) == before, "\n".join(said(disk)[-40:])

    kill(disk, "pigeon.jobs.worker")
    children.wait_until(lambda: "worker was ended by SIGKILL" in str(said(disk)), what="a restart")
    children.wait_until(lambda: len(processes(disk)) == len(before), what="another worker")
    before = processes(disk)

    disk.make_room()
    assert ann.call("POST", f"/posts/{first}/comments", json={"text": "back"}).status_code == 201
    second = ann.share("after").json()["id"]
    ann.wait_published(second)
    children.wait_until(
        lambda: ann.call("PUT", f"/posts/{second}/like").status_code == 200, what="a like"
    )
    assert processes(disk) == before, "\n".join(said(disk)[-40:])
    bad = [line for line in said(disk) if "Traceback" in line or "SIGBUS" in line]
    assert bad == []
