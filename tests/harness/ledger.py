"""What people under fire were promised: the last acknowledged word on everything they did."""

from __future__ import annotations

import threading
from collections import Counter, deque
from dataclasses import dataclass, field

RECENT = 40
Pair = tuple[str, str, int]
"""What is set (`post`, `comment`, `follow`), of which id or username, by which person."""


@dataclass
class Toggle:
    """One pair: its last acknowledged value, and what was tried since without an answer."""

    value: bool = False
    tried: set[bool] = field(default_factory=set)
    is_late: bool = False
    """An attempt was given up without an answer: the server may still be at it."""

    def allowed(self) -> set[bool]:
        return {False, True} if self.is_late else {self.value, *self.tried}


@dataclass(frozen=True, kw_only=True)
class Said:
    """A comment that was acknowledged; `top_id` is None for a top comment."""

    id: str
    author: int
    post_id: str
    text: str
    answered_id: str | None = None
    top_id: str | None = None
    named: int | None = None


@dataclass
class Ledger:
    """Shared by all threads; a pair belongs to its person's thread alone."""

    toggles: dict[Pair, Toggle] = field(default_factory=dict)
    said: dict[str, Said] = field(default_factory=dict)
    recent: deque[Said] = field(default_factory=lambda: deque(maxlen=RECENT))
    deleted: set[str] = field(default_factory=set)
    shared: dict[str, int] = field(default_factory=dict)
    """Posts that were published meanwhile, with whom they name."""
    counts: Counter[str] = field(default_factory=Counter)
    slowest_s: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def toggle(self, pair: Pair) -> Toggle:
        with self.lock:
            return self.toggles.setdefault(pair, Toggle())

    def count(self, *names: str) -> None:
        with self.lock:
            self.counts.update(names)

    def took(self, seconds: float) -> None:
        with self.lock:
            self.slowest_s = max(self.slowest_s, seconds)

    def say(self, said: Said) -> None:
        with self.lock:
            self.said[said.id] = said
            self.recent.append(said)

    def living(self) -> list[Said]:
        """The newest comments that nobody asked to delete."""
        with self.lock:
            return [one for one in self.recent if self.stands(one)]

    def stands(self, said: Said) -> bool:
        return said.id not in self.deleted and said.top_id not in self.deleted

    def drop(self, comment_id: str) -> None:
        with self.lock:
            self.deleted.add(comment_id)
