"""A site works in a folder of any name: paths become addresses, URLs and patterns on their way."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.harness.sites import running_site
from tests.harness.visitor import Visitor

pytestmark = [pytest.mark.processes, pytest.mark.slow, pytest.mark.timeout(300)]
NAME = "내 집 a b%20#c?d\"e'f[g]&=+"


def test_a_site_works_in_a_folder_of_any_name(tmp_path: Path) -> None:
    data = tmp_path / NAME
    with running_site(tmp_path / "logs", DATA=str(data)) as site, Visitor(site.url) as ann:
        ann.sign_up("ann", data / "outbox")
        ann.log_in("ann")
        answer = ann.share("over the bay")
        assert answer.status_code == 202, answer.text
        post = ann.wait_published(answer.json()["id"])
        picture = ann.page(post["images"][0]["variants"][0]["url"])
        assert picture.status_code == 200 and picture.content
        liked = ann.call("PUT", f"/posts/{post['id']}/like")
        assert liked.status_code == 200 and liked.json()["like_count"] == 1, liked.text
        assert "waits" not in site.flask("writeback", "flush")
        counted = ann.page("/metrics").text
        assert re.search(r"^pigeon_request_seconds_count\S+ [1-9]", counted, re.MULTILINE)
        said = site.log("site").read_text()
        assert "Traceback" not in said and "Warning" not in said and "worker_died" not in said
    found = {path.relative_to(data).parts[0] for path in data.rglob("*")}
    assert {"media", "outbox", "pigeon.sqlite3", "redis", "incoming"} <= found
    assert [path.name for path in tmp_path.iterdir() if path.name != "logs"] == [NAME]
