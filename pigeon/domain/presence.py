"""Whether somebody is there, as others see it, and what they chose to be shown as."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

PresenceStatus = Literal["available", "away", "busy", "offline"]
ChosenStatus = Literal["available", "busy", "invisible"]
LiveWord = Literal["available", "away", "offline"]
"""What somebody's connections say by themselves."""

CHOSEN: tuple[ChosenStatus, ...] = ("available", "busy", "invisible")


@dataclass(frozen=True, kw_only=True)
class Presence:
    """Of one person; `offline` without a time also for who hides it from whoever asks."""

    username: str
    status: PresenceStatus = "offline"
    last_active_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Showing:
    """What of their presence somebody shows to those who may know of it.

    `last_ms` is when they were last there, as far as it is stored; 0 for who never was.
    """

    chosen: ChosenStatus = "available"
    shows_activity: bool = True
    last_ms: int = 0


def status_of(chosen: ChosenStatus, word: LiveWord) -> PresenceStatus:
    """What others see: who is busy said so, and stays it while they look elsewhere."""
    if word == "offline" or chosen == "invisible":
        return "offline"
    return "busy" if chosen == "busy" else word
