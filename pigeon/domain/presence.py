"""Whether somebody is there, as others see it, and what they chose to be shown as."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

PresenceStatus = Literal["available", "away", "busy", "offline"]
ChosenStatus = Literal["available", "busy", "invisible"]


@dataclass(frozen=True, kw_only=True)
class Presence:
    """Of one person; `offline` without a time also for who hides it from whoever asks."""

    username: str
    status: PresenceStatus = "offline"
    last_active_at: datetime | None = None
