"""What can go wrong, in the words of the domain; statuses are given at the web edge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class FieldError:
    """Why one field was refused; `limit` is the number that was exceeded or not reached."""

    code: str
    limit: int | None = None


class DomainError(Exception):
    """Base of everything a service refuses.

    `sentence` names other words than those of the code, for readers.
    """

    code = "error"
    sentence = ""

    def __init__(self, code: str | None = None) -> None:
        self.code = code or type(self).code
        super().__init__(self.code)


class NotFound(DomainError):
    """Does not exist, or this viewer may not see it: nobody can tell which."""

    code = "not_found"


class Forbidden(DomainError):
    """May be seen, but not changed, by this viewer."""

    code = "forbidden"


class Unauthenticated(DomainError):
    code = "unauthenticated"


class Conflict(DomainError):
    """The request is sound, the present state forbids it."""

    code = "conflict"


class FieldsRefused(DomainError):
    """Base of refusals that name fields: {name: FieldError}."""

    def __init__(self, fields: Mapping[str, FieldError] | None = None) -> None:
        self.fields = dict(fields or {})
        super().__init__()


class Invalid(FieldsRefused):
    code = "invalid"


class TooLarge(FieldsRefused):
    """One file (named) or the whole request (`fields` empty) is over its limit."""

    code = "too_large"


class Malformed(DomainError):
    """Not the announced JSON or multipart."""

    code = "malformed"


class UnsupportedMediaType(DomainError):
    code = "unsupported_media_type"


class Waiting(DomainError):
    """Base of refusals that pass by themselves after `retry_after_s` seconds."""

    def __init__(self, retry_after_s: int) -> None:
        self.retry_after_s = retry_after_s
        super().__init__()


class TooMany(Waiting):
    code = "rate_limited"


class Unavailable(Waiting):
    """A store that the answer needs is out of reach for the moment; `reason` is for the log."""

    code = "unavailable"

    def __init__(self, retry_after_s: int = 3, reason: str = "") -> None:
        self.reason = reason
        super().__init__(retry_after_s)


class PicturesWait(Unavailable):
    """Nothing can be stored where pictures are kept; all else works."""

    sentence = "pictures_unavailable"


class Moving(Unavailable):
    """Messages are read where they are, and not written: they are on their way to another home."""

    sentence = "messages_moving"

    def __init__(self) -> None:
        super().__init__(retry_after_s=15, reason="messages are being moved")
