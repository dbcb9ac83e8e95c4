"""Who is asking: everything the frame of a page needs, in one small object."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pigeon.domain.users import UserRef, avatar_url


@dataclass(frozen=True, kw_only=True)
class SessionUser:
    """A valid session or personal access token and its person; `kind` is `web` or `token`."""

    session_id: int
    kind: str
    user_id: int
    username: str
    display_name: str
    avatar: str | None
    language: str
    theme: str
    time_zone: str
    role: str
    auth_version: int
    authenticated_at: datetime
    expires_at: datetime

    @property
    def ref(self) -> UserRef:
        return UserRef(
            id=str(self.user_id),
            username=self.username,
            display_name=self.display_name,
            avatar_url=avatar_url(self.avatar),
        )


@dataclass(frozen=True, kw_only=True)
class SessionEntry:
    """A line in one's own list of sessions; the handle names it and opens nothing."""

    handle: str
    kind: str
    device: str
    is_phone: bool
    address: str
    created_at: datetime
    is_current: bool


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Where a request comes from; empty for the command line.

    `device` is the browser's mark, `sign_up` the secret of the last sign-up made in it.
    """

    address: str = ""
    user_agent: str = ""
    request_id: str = ""
    device: str = ""
    sign_up: str = ""


_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Whale", "Whale"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def device_of(user_agent: str) -> str:
    """What a person would call it: `Firefox · Windows`; the program's own name for others."""
    browser = next((name for sign, name in _BROWSERS if f"{sign}/" in user_agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    named = " · ".join(filter(None, (browser, system)))
    return named or user_agent.partition("/")[0][:40] or "?"


def is_phone(user_agent: str) -> bool:
    return "Mobi" in user_agent
