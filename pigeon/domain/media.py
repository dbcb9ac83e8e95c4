"""Pictures on their way in, and what rules need to know of a stored one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A picture that passed inspection and lies in the incoming area under `token`."""

    token: str
    width: int
    height: int
    digest: str
    alt: str = ""


@dataclass(frozen=True, kw_only=True)
class StoredMedia:
    """What access rules need of a stored picture; `post_id` is None for one that is of no post.

    `claimed` is the `client_msg_id` of the one message that may carry it. `kinds` names what was
    made of it, as parts of its objects' names; an entry cached by an earlier release has none.
    """

    media_id: int
    owner_id: int
    post_id: int | None
    kind: str
    state: str
    claimed: str | None = None
    kinds: tuple[str, ...] = ()
