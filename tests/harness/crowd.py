"""Likes, comments and follows under fire: people who insist, or give up and change their mind.

Rovers, who block, mute and hide from each other meanwhile, keep to themselves: `rovers`.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import requests

from tests.harness.kills import WITHIN_S, Fight
from tests.harness.ledger import Ledger, Said, Toggle
from tests.harness.rovers import Rover

WEB = 2
ROUND = (
    *("web", "web", "web", "web-master", "realtime", "workers", "workers"),
    *("scheduler", "scheduler", "scheduler", "notify", "notify", "notify"),
    *("redis-state", "redis-state", "redis-cache", "default", "fanout", "media", "mail"),
)
"""Each kind of process in twenty kills; the flusher and those who notify more often."""

PEOPLE = 8
LISTENERS = 5
ROVERS = 4
POSTS = 6
INSISTS = 0.7
TIMEOUT_S = 25.0
RETRY_AFTER_S = 3
DEEDS = {
    "like": 52,
    "like_comment": 20,
    "follow": 10,
    "comment": 8,
    "reply": 6,
    "delete": 3,
    "share": 1,
}


@dataclass(frozen=True, kw_only=True)
class Member:
    """Somebody with a token."""

    id: int
    username: str
    token: str


@dataclass(kw_only=True)
class Crowd(Fight):
    """A piece of work is one thing that somebody does until it is answered, or gives up.

    Each person acts in a thread of their own, so that of every pair there is one last word.
    """

    people: list[Member]
    listeners: list[Member]
    posts: dict[str, int]
    """Ids of posts, with their authors."""
    rovers: list[Member] = field(default_factory=list)
    targets: tuple[str, ...] = ROUND
    weights: dict[str, int] = field(default_factory=lambda: dict(DEEDS))
    ledger: Ledger = field(default_factory=Ledger)

    def workers(self) -> list[Callable[[], None]]:
        acting = [partial(self._act_on, number) for number in range(len(self.people))]
        return [*acting, *(self._rover(member).act for member in self.rovers)]

    def _rover(self, member: Member) -> Rover:
        dice = random.Random(f"{self.seed}-{member.username}")
        return Rover(crowd=self, member=member, dice=dice)

    def achieved(self) -> str:
        return f"{self.ledger.counts['acknowledged']} acknowledged"

    def summary(self) -> str:
        """What was done, in one line."""
        counts = self.ledger.counts
        done = ", ".join(
            f"{name} {counts[name]:,}"
            for name in sorted(counts)
            if name in self.weights or name.startswith("rover")
        )
        return (
            f"seed {self.seed}: {self.killed} kills, {counts['acknowledged']:,} acknowledged"
            f" ({done}), {counts['unanswered']:,} attempts without an answer,"
            f" {counts['refused']:,} refused with 503, {counts['given up']:,} given up,"
            f" slowest answer {self.ledger.slowest_s:.1f} s"
        )

    def _act_on(self, number: int) -> None:
        dice, member = random.Random(f"{self.seed}-{number}"), self.people[number]
        deeds = self.deeds()
        while (piece := self.next_piece()) is not None:
            (deed,) = dice.choices(list(self.weights), list(self.weights.values()))
            self.ledger.count(deed)
            deeds[deed](member, dice, piece)

    def deeds(self) -> dict[str, Callable[[Member, random.Random, int], None]]:
        """What is done by a person with their dice, for each name in `weights`."""
        return {
            "like": self._like,
            "like_comment": self._like_comment,
            "follow": self._follow,
            "comment": self._comment,
            "reply": self._reply,
            "delete": self._delete,
            "share": self._share,
        }

    # setting

    def _like(self, member: Member, dice: random.Random, _piece: int) -> None:
        post_id = dice.choice(list(self.posts))
        toggle = self.ledger.toggle(("post", post_id, member.id))
        if not self._set(member, dice, toggle, f"/posts/{post_id}/like"):
            self.violations.append(f"post {post_id} answers 404")

    def _like_comment(self, member: Member, dice: random.Random, piece: int) -> None:
        said = self._recent(dice)
        if said is None:
            self._like(member, dice, piece)
            return
        toggle = self.ledger.toggle(("comment", said.id, member.id))
        if not self._set(member, dice, toggle, f"/comments/{said.id}/like"):
            self._check_gone(said)

    def _follow(self, member: Member, dice: random.Random, _piece: int) -> None:
        other = dice.choice([one for one in self.people if one is not member])
        toggle = self.ledger.toggle(("follow", other.username, member.id))
        if not self._set(member, dice, toggle, f"/users/{other.username}/follow"):
            self.violations.append(f"{other.username} answers 404")

    def _set(self, member: Member, dice: random.Random, toggle: Toggle, path: str) -> bool:
        """On or off; without an answer again, or given up: then either value may stand.

        False when the answer was that there is no such thing.
        """
        value, insists = dice.random() < 0.6, dice.random() < INSISTS
        until = time.monotonic() + WITHIN_S
        while time.monotonic() < until:
            answer = self._send(member, dice, "PUT" if value else "DELETE", path, toggle=toggle)
            if answer is not None:
                self.ledger.count("acknowledged")
                if answer.status_code not in (200, 204):
                    return False
                toggle.value = value
                toggle.tried.clear()
                return True
            toggle.tried.add(value)
            if not insists:
                self.ledger.count("given up")
                return True
            time.sleep(dice.uniform(0.02, 0.2))
        self.violations.append(f"{path} was never answered")
        return True

    def _check_gone(self, said: Said) -> None:
        if self.ledger.stands(said):
            self.violations.append(f"comment {said.id} answers 404, and nobody deleted it")

    # saying

    def _comment(self, member: Member, dice: random.Random, piece: int) -> None:
        post_id, named = dice.choice(list(self.posts)), self._named(dice)
        text = f"piece {piece}" + (f" for @{named.username}" if named else "")
        made = self._make(member, dice, f"/posts/{post_id}/comments", piece, {"text": text})
        if made is None:
            self.violations.append(f"post {post_id} answers 404")
            return
        self._keep(made, member, text, named)

    def _reply(self, member: Member, dice: random.Random, piece: int) -> None:
        answered = self._recent(dice)
        if answered is None:
            self._comment(member, dice, piece)
            return
        named = self._named(dice)
        text = f"piece {piece}" + (f" for @{named.username}" if named else "")
        path = f"/comments/{answered.id}/replies"
        made = self._make(member, dice, path, piece, {"text": text})
        if made is None:
            self._check_gone(answered)
            return
        top_id = answered.top_id or answered.id
        self._keep(made, member, text, named, answered_id=answered.id, top_id=top_id)

    def _keep(
        self, made: dict[str, Any], member: Member, text: str, named: Member | None, **of: str
    ) -> None:
        if made["text"] != text:
            self.violations.append(f"comment {made['id']} says {made['text']!r}, not {text!r}")
        self.ledger.say(
            Said(
                id=made["id"],
                author=member.id,
                post_id=made["post_id"],
                text=text,
                named=named.id if named else None,
                **of,
            )
        )

    def _share(self, member: Member, dice: random.Random, piece: int) -> None:
        named = dice.choice(self.people)
        body = {"caption": f"piece {piece} for @{named.username}"}
        made = self._make(member, dice, "/posts", piece, body)
        if made is not None:
            with self.ledger.lock:
                self.ledger.shared[made["id"]] = named.id

    def _make(
        self, member: Member, dice: random.Random, path: str, piece: int, body: dict[str, str]
    ) -> dict[str, Any] | None:
        """With the same key until it is answered; None when what it answers is gone."""
        until = time.monotonic() + WITHIN_S
        while time.monotonic() < until:
            answer = self._send(member, dice, "POST", path, body, f"piece-{piece}")
            if answer is not None:
                self.ledger.count("acknowledged")
                return answer.json() if answer.status_code == 201 else None
            time.sleep(dice.uniform(0.02, 0.2))
        self.violations.append(f"{path} was never answered")
        return None

    def _delete(self, member: Member, dice: random.Random, piece: int) -> None:
        mine = [one for one in self.ledger.living() if one.author == member.id]
        if not mine:
            self._comment(member, dice, piece)
            return
        comment_id = dice.choice(mine).id
        self.ledger.drop(comment_id)
        until = time.monotonic() + WITHIN_S
        while time.monotonic() < until:
            answer = self._send(member, dice, "DELETE", f"/comments/{comment_id}")
            if answer is not None:
                self.ledger.count("acknowledged")
                return
            time.sleep(dice.uniform(0.02, 0.2))
        self.violations.append(f"comment {comment_id} was never deleted")

    def _recent(self, dice: random.Random) -> Said | None:
        living = self.ledger.living()
        return dice.choice(living) if living else None

    def _named(self, dice: random.Random) -> Member | None:
        return dice.choice(self.people) if dice.random() < 0.4 else None

    # sending

    def _send(
        self,
        member: Member,
        dice: random.Random,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        key: str = "",
        toggle: Toggle | None = None,
    ) -> requests.Response | None:
        """One attempt; None when nothing came back, or a refusal that asks to try again."""
        headers = {"Authorization": f"Bearer {member.token}"}
        if key:
            headers["Idempotency-Key"] = key
        began = time.monotonic()
        answer = None
        try:
            answer = requests.request(
                method, f"{self._base(dice)}{path}", json=body, headers=headers, timeout=TIMEOUT_S
            )
        except requests.Timeout:
            if toggle is not None:
                toggle.is_late = True
            self.ledger.count("late")
        except requests.RequestException:
            self.ledger.count("unanswered")
        self.ledger.took(time.monotonic() - began)
        return self._checked(answer, f"{method} {path}")

    def _checked(self, answer: requests.Response | None, what: str) -> requests.Response | None:
        """Refused is 503 with a moment to wait; everything else that is no answer is a fault."""
        if answer is None or answer.status_code in (200, 201, 204, 404):
            return answer
        if answer.status_code != 503:
            self.violations.append(f"{what}: {answer.status_code} {answer.text[:300]}")
        wait_s = None
        with suppress(KeyError, ValueError):
            wait_s = int(answer.headers["Retry-After"])
        if wait_s is None or not 0 <= wait_s <= RETRY_AFTER_S:
            self.violations.append(f"{what}: 503 with Retry-After {wait_s}")
        self.ledger.count("refused")
        return None

    def _base(self, dice: random.Random) -> str:
        host, _, port = self.site.url.rpartition(":")
        return f"{host}:{int(port) + dice.randrange(WEB)}/api/v1"
