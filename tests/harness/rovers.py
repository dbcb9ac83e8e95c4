"""People under fire who fall out: they follow, ask, answer, block, mute, and turn private."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.harness.kills import WITHIN_S
from tests.harness.ledger import Toggle

if TYPE_CHECKING:
    import requests

    from tests.harness.crowd import Crowd, Member

DEEDS = {
    "follow": 26,
    "answer": 18,
    "remove_follower": 4,
    "block": 12,
    "mute": 12,
    "turn": 10,
    "share": 4,
}


@dataclass(kw_only=True)
class Rover:
    """One of them, in a thread of their own: what they set has one last acknowledged word."""

    crowd: Crowd
    member: Member
    dice: random.Random

    def act(self) -> None:
        deeds: dict[str, Callable[[int], None]] = {
            name: getattr(self, f"_{name}") for name in DEEDS
        }
        while (piece := self.crowd.next_piece()) is not None:
            (deed,) = self.dice.choices(list(DEEDS), list(DEEDS.values()))
            self.crowd.ledger.count(f"rover's {deed}")
            deeds[deed](piece)

    def _share(self, piece: int) -> None:
        made = self.crowd._make(
            self.member, self.dice, "/posts", piece, {"caption": f"piece {piece}"}
        )
        if made is None:
            self.crowd.violations.append("a rover's post was refused")

    # what has a last word

    def _block(self, _piece: int) -> None:
        """Refused is who was blocked by the other, so no block of one's own stands."""
        other, toggle = self._other("block")
        if not self._set(toggle, f"/users/{other.username}/block"):
            toggle.value = False
            toggle.tried.clear()

    def _mute(self, _piece: int) -> None:
        """Refused across a block; what was muted before it stays."""
        other, toggle = self._other("mute")
        self._set(toggle, f"/users/{other.username}/mute")

    def _turn(self, _piece: int) -> None:
        toggle = self.crowd.ledger.toggle(("private", self.member.username, self.member.id))
        value = self.dice.random() < 0.5
        toggle.tried.add(value)
        if self._insist("PATCH", "/me", {"is_private": value}, toggle=toggle) is not None:
            toggle.value = value
            toggle.tried.clear()

    def _set(self, toggle: Toggle, path: str) -> bool:
        return self.crowd._set(self.member, self.dice, toggle, path)

    # what others have a say in

    def _follow(self, _piece: int) -> None:
        other, _ = self._other("")
        method = "PUT" if self.dice.random() < 0.75 else "DELETE"
        self._insist(method, f"/users/{other.username}/follow")

    def _answer(self, _piece: int) -> None:
        """Approve or decline whoever asks; who withdrew meanwhile is not there any more."""
        answer = self._insist("GET", "/me/follow_requests?limit=50")
        if answer is None or answer.status_code != 200:
            return
        for row in answer.json()["items"]:
            method = "PUT" if self.dice.random() < 0.7 else "DELETE"
            self._insist(method, f"/me/follow_requests/{row['username']}")

    def _remove_follower(self, _piece: int) -> None:
        other, _ = self._other("")
        self._insist("DELETE", f"/me/followers/{other.username}")

    # sending

    def _other(self, kind: str) -> tuple[Member, Toggle]:
        other = self.dice.choice([one for one in self.crowd.rovers if one is not self.member])
        if not kind:
            return other, Toggle()
        return other, self.crowd.ledger.toggle((kind, other.username, self.member.id))

    def _insist(
        self, method: str, path: str, body: dict[str, Any] | None = None, toggle: Any = None
    ) -> requests.Response | None:
        until = time.monotonic() + WITHIN_S
        while time.monotonic() < until:
            answer = self.crowd._send(self.member, self.dice, method, path, body, toggle=toggle)
            if answer is not None:
                self.crowd.ledger.count("acknowledged")
                return answer
            time.sleep(self.dice.uniform(0.02, 0.2))
        self.crowd.violations.append(f"{path} was never answered")
        return None
