"""What a load test knows of a site."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Cast:
    """Readers with their credentials, and what there is to read."""

    tokens: list[str]
    """Access tokens, one per reader."""
    cookies: list[str]
    usernames: list[str]
    """The most followed first."""
    posts: list[int]
    """The newest first."""
    media: list[str]
    logins: list[tuple[str, str]]

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)))

    @classmethod
    def read(cls, path: Path) -> Cast:
        return cls(**json.loads(path.read_text()))
