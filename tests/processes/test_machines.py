"""Process groups with a disk each: they share SQL, two Redis, MongoDB and S3, and nothing else."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.factories import make_user
from tests.harness import machines, pictures, redis_pair
from tests.harness.browser import Visits, chromium
from tests.harness.children import wait_until
from tests.harness.machines import Machines
from tests.harness.mongo import require
from tests.harness.outside import Mailbox, ObjectStore, link_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.harness.mariadb import MariaDB

pytestmark = [
    pytest.mark.browser,
    pytest.mark.mariadb,
    pytest.mark.mongo,
    pytest.mark.processes,
    pytest.mark.slow,
    pytest.mark.timeout(1200),
    pytest.mark.xdist_group("machines"),
]
PASSWORD = "seven doves over the bay"
WORKERS = tuple(kind for kind in machines.procfile_commands() if kind.startswith("worker"))
GROUPS = ("web.0", "web.1", "realtime.0", "realtime.1", *WORKERS, "scheduler")
KILLED = ("web.0", "realtime.0", *WORKERS, "scheduler", "web.1", "realtime.1")
TWINS = {"web.0": "web.1", "web.1": "web.0", "realtime.0": "realtime.1", "realtime.1": "realtime.0"}
WITHIN_S = 120.0
MAY_LIE_THERE = {"incoming"}
"""In a folder of a group, and in that nothing that was kept."""


@pytest.fixture(scope="module")
def running(
    tmp_path_factory: pytest.TempPathFactory,
    mariadb: MariaDB,
    mongo_urls: Callable[[str], str],
    s3: ObjectStore,
    smtp: Mailbox,
) -> Iterator[Machines]:
    require("secantusdb")
    folder = tmp_path_factory.mktemp("machines")
    pair = redis_pair.start(folder)
    shared = {
        "DATABASE_URL": mariadb.create("machines"),
        "REDIS_CACHE_URL": pair.cache_url,
        "REDIS_STATE_URL": pair.state_url,
        "MONGO_URL": mongo_urls("secantusdb"),
        "MEDIA_URL": s3.media_url,
        "MAIL_URL": smtp.url,
        **s3.env,
    }
    try:
        with machines.started(folder, machines.procfile_commands(), GROUPS, shared) as found:
            yield found
    finally:
        pair.stop()


@pytest.fixture
def visits() -> Iterator[Visits]:
    """In a real browser; what the content policy refuses is a fault."""
    with chromium() as browser:
        found = Visits(browser)
        yield found
        found.close()
    assert not found.faults


def sign_up(page: Page, name: str, smtp: Mailbox) -> None:
    page.goto("/signup")
    page.get_by_label("E-mail").fill(f"{name}@example.org")
    page.get_by_label("Name", exact=True).fill(name.title())
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    page.get_by_role("heading", name="Check your mail").wait_for()
    wait_until(lambda: smtp.to(f"{name}@example.org"), what="a letter")
    page.goto(link_in(smtp.to(f"{name}@example.org")[0]))
    page.get_by_role("button", name="Confirm and continue").click()
    page.get_by_role("heading", name=f"Welcome, {name.title()}").wait_for()


def wait_shown(page: Page, selector: str) -> None:
    """Its bytes came, past the content policy."""
    script = "(one) => one.complete && one.naturalWidth > 0"
    image = page.locator(selector).first
    image.wait_for()
    wait_until(lambda: page.wait_for_timeout(50) is None and image.evaluate(script), what=selector)


def test_people_find_everything_from_every_machine(
    running: Machines, visits: Visits, smtp: Mailbox, s3: ObjectStore
) -> None:
    photographs = [str(path) for path in pictures.real_photographs()[:2]]
    ann, ben = visits.open(running.site.url), visits.open(running.site.url)
    sent_to: list[str] = []
    ben.on("response", lambda answer: sent_to.append(answer.url))
    sign_up(ann, "ann", smtp)
    sign_up(ben, "ben", smtp)
    ben.goto("/u/ann")
    ben.get_by_role("button", name="Follow ann").first.click()
    ben.get_by_role("button", name="Follow ann").wait_for(state="detached")

    ann.goto("/settings/profile")
    ann.get_by_label("New picture").set_input_files(photographs[0])
    ann.locator(".cropper-canvas").wait_for()
    ann.get_by_role("button", name="Use this picture").click()
    ann.get_by_text("Your new picture is in place.").wait_for()

    ann.goto("/create")
    ann.locator('[data-part="picker"]').set_input_files(photographs)
    ann.locator(".thumbs > .thumb").nth(1).wait_for()
    ann.get_by_label("Caption").fill("from two machines")
    ann.get_by_role("button", name="Share", exact=True).click()
    ann.wait_for_url("/")
    ann.locator("article:not(.is-pending)", has_text="from two machines").wait_for()

    ben.goto("/")
    wait_shown(ben, "article .carousel-slide img")
    wait_shown(ben, "article .post-avatar img")
    ben.get_by_role("button", name="Like", exact=True).first.click()
    ann.goto("/notifications")
    ann.get_by_text("Ben", exact=False).first.wait_for()

    ann.goto("/messages/ben")
    ann.get_by_label("Add a photo").set_input_files(photographs[1])
    ann.locator("[data-part=attachment] img").wait_for()
    ben.goto("/messages/ann")
    ann.get_by_role("button", name="Send").click()
    ben.locator("a.message-photo img").wait_for()
    wait_shown(ben, "a.message-photo img")

    ann.goto("/stories/new")
    ann.locator('[data-part="picker"]').set_input_files(photographs[0])
    ann.locator('[data-part="share"]').click()
    ann.wait_for_url("/")
    story = "a[href^='/stories/ann']"

    def has_come() -> bool:
        ben.goto("/")
        return ben.locator(story).count() > 0

    wait_until(has_come, timeout_s=WITHIN_S, what="the story")
    ben.locator(story).first.click()
    wait_shown(ben, "main img[src^='/media/'], dialog img[src^='/media/']")
    assert any(url.startswith(s3.endpoint) for url in sent_to)


# -- killed while people go on ---------------------------------------------------------------------


@dataclass(kw_only=True)
class Work:
    """Somebody who asks again until they are answered; `done` is what was acknowledged."""

    url: str
    tokens: dict[str, str]
    done: dict[str, list[Any]] = field(
        default_factory=lambda: {"posts": [], "likes": [], "messages": [], "stories": []}
    )
    wrong: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        for number in itertools.count():
            if self.over.is_set():
                return
            try:
                self._one(number)
            except Exception as error:
                self.wrong.append(repr(error))
                return

    def _one(self, number: int) -> None:
        post = self.ask(
            *("cat", "POST", "/posts", 202),
            data={"caption": f"piece {number}"},
            files=[_file("images[]"), _file("images[]")],
            headers={"Idempotency-Key": f"piece-{number}"},
        )
        self.done["posts"].append(post["id"])
        liked = self.done["posts"][0]
        if self.ask("dan", "GET", f"/posts/{liked}", 200, 404).get("state") == "published":
            liked = next((p for p in self._published() if p not in self.done["likes"]), liked)
            self.ask("dan", "PUT", f"/posts/{liked}/like", 200)
            self.done["likes"].append(liked)
        said = {"text": "", "client_msg_id": f"piece-{number}"}
        sent = self.ask(
            *("cat", "POST", "/chats/dan/messages", 201, 200),
            data={"client_msg_id": said["client_msg_id"], "alt": f"piece {number}"},
            files=[_file("image")],
        )
        self.done["messages"].append(sent["id"])
        if number % 3 == 0:
            story = self.ask(
                *("cat", "POST", "/stories", 202, 201),
                files=[_file("image")],
                headers={"Idempotency-Key": f"story-{number}"},
            )
            self.done["stories"].append(story["id"])

    def _published(self) -> list[str]:
        page = self.ask("dan", "GET", "/users/cat/posts?limit=50", 200)
        return [item["id"] for item in page["items"]]

    def ask(
        self, who: str, method: str, path: str, *expected: int, headers: Any = None, **sent: Any
    ) -> Any:
        """Until there is an answer; 502 and 503 are none."""
        until = time.monotonic() + WITHIN_S
        told = {"Authorization": f"Bearer {self.tokens[who]}", **(headers or {})}
        while time.monotonic() < until:
            with suppress(requests.RequestException):
                url = f"{self.url}/api/v1{path}"
                answer = requests.request(method, url, headers=told, timeout=20, **sent)
                if answer.status_code in expected:
                    return answer.json()
                if answer.status_code not in (502, 503, 504):
                    raise AssertionError(f"{method} {path}: {answer.status_code} {answer.text}")
            time.sleep(0.1)
        raise AssertionError(f"{method} {path} was never answered")


def _file(name: str) -> tuple[str, tuple[str, bytes, str]]:
    return name, ("a.jpg", pictures.jpeg(320, 240), "image/jpeg")


def test_nothing_acknowledged_is_missing_after_each_group_was_killed(running: Machines) -> None:
    work = Work(url=running.site.url, tokens=_tokens(running, "cat", "dan"))
    work.ask("dan", "PUT", "/users/cat/follow", 200)
    work.ask("cat", "PUT", "/users/dan/follow", 200)
    worker = threading.Thread(target=work.run)
    worker.start()
    try:
        for name in KILLED:
            before = len(work.done["messages"])
            running.wait(TWINS.get(name, name))  # one of each server answers
            running.kill(name)
            wait_until(
                lambda was=before: len(work.done["messages"]) > was or work.wrong,  # type: ignore[misc]
                timeout_s=WITHIN_S,
                what=f"work without {name}",
            )
            running.start(name)
        for name in KILLED:
            running.wait(name)
    finally:
        work.over.set()
        worker.join()
    assert not work.wrong
    assert set(KILLED) == set(GROUPS)
    _wait_for_quiet(running)

    assert all(work.done.values()), work.done
    assert _missing(work) == [], {kind: len(found) for kind, found in work.done.items()}
    print("acknowledged:", {kind: len(found) for kind, found in work.done.items()})
    _assert_nothing_kept_on(running.disks())


def _tokens(running: Machines, *names: str) -> dict[str, str]:
    from pigeon.services.accounts import sessions

    with running.site.app.app_context():
        return {name: sessions.create_token(make_user(name).id) for name in names}


def _wait_for_quiet(running: Machines) -> None:
    from pigeon.services.outbox import figures as outbox_figures

    def is_quiet() -> bool:
        with running.site.app.app_context():
            return outbox_figures.pending() == 0

    wait_until(is_quiet, timeout_s=WITHIN_S + 60, what="quiet")


def _missing(work: Work) -> list[str]:
    """What was acknowledged and cannot be seen by whom it was for, pictures with their bytes."""
    posts = {item["id"]: item for item in _all(work, "/users/cat/posts?limit=50")}
    said = {item["id"]: item for item in _all(work, "/chats/dan/messages?limit=10", who="cat")}
    told = {item["id"]: item for item in _all(work, "/users/cat/stories?limit=50")}
    missing = [f"post {one}" for one in work.done["posts"] if not _is_whole(work, posts.get(one))]
    missing += [f"like of {one}" for one in work.done["likes"] if not _is_liked(posts.get(one))]
    missing += [f"message {one}" for one in work.done["messages"] if not _has_image(said.get(one))]
    missing += [f"story {one}" for one in work.done["stories"] if one not in told]
    return missing


def _all(work: Work, path: str, who: str = "dan") -> Iterator[dict[str, Any]]:
    after = ""
    while True:
        page = work.ask(who, "GET", f"{path}{after}", 200)
        yield from page["items"]
        if not page["next"]:
            return
        after = f"&before={page['next']}"


def _is_whole(work: Work, post: dict[str, Any] | None) -> bool:
    if post is None or len(post["images"]) != 2:
        return False
    headers = {"Authorization": f"Bearer {work.tokens['dan']}"}
    urls = [work.url + image["url"] for image in post["images"]]
    answers = [requests.get(url, headers=headers, timeout=20) for url in urls]
    return all(answer.status_code == 200 and answer.content for answer in answers)


def _is_liked(post: dict[str, Any] | None) -> bool:
    return post is not None and post["viewer"]["liked"] and post["like_count"] == 1


def _has_image(message: dict[str, Any] | None) -> bool:
    return message is not None and message["image"]["state"] == "ready"


def _assert_nothing_kept_on(disks: list[Path]) -> None:
    """Neither a picture, nor a key, nor a mail, nor anything that another group would look for."""
    assert len(disks) >= 2 * len(GROUPS)
    for disk in disks:
        found = {path.relative_to(disk).parts[0] for path in disk.rglob("*")}
        assert found <= MAY_LIE_THERE, disk
        left = [path for path in disk.rglob("*") if path.is_file()]
        assert all(path.suffix == ".part" or ".work" in str(path) for path in left), left
