"""Texts as they come in: refused where they are far too long, before anything else reads them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from pigeon.domain import bounds, limits
from pigeon.domain.errors import FieldError, Invalid

NO_LIMITS: Mapping[str, int] = MappingProxyType({})
"""Of a form or a body whose fields all have the limits of their names (`limits.of_text`)."""
NAME = 100
"""Of the name of a field; what is longer is no field of ours, and is not repeated at length."""


class Typed(Mapping[str, str]):
    """The fields of a form; the first that is read refuses the form for all that are too long.

    So a service never sees such a text, and the form that is shown again (`shown`) keeps it.
    """

    def __init__(self, sent: Mapping[str, str], own: Mapping[str, int] = NO_LIMITS) -> None:
        self.sent = sent
        """Unchecked: for services that check each text by itself, and name all faults at once."""
        self._own = own
        self._faults = {
            name: FieldError("too_long", self._limit(name))
            for name, text in sent.items()
            if bounds.is_excessive(text, self._limit(name))
        }

    def _limit(self, name: str) -> int:
        return self._own.get(name, limits.of_text(name))

    def __getitem__(self, name: str) -> str:
        if self._faults:
            raise Invalid(self._faults)
        return self.sent[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.sent)

    def __len__(self) -> int:
        return len(self.sent)

    def shown(self) -> dict[str, str]:
        """What a page shows again; a huge text only as far as somebody may want to mend it."""
        return {name: bounds.shorten(text, self._limit(name)) for name, text in self.sent.items()}


def shorten(name: str, text: str) -> str:
    return bounds.shorten(text, limits.of_text(name))


def is_excessive(name: str, text: str, own: Mapping[str, int] = NO_LIMITS) -> bool:
    """As the domain tells it, for the field of this name.

    Never an id: one that cannot exist is not found, and is compared, not read.
    """
    if name.endswith("_id"):
        return False
    return bounds.is_excessive(text, own.get(name, limits.of_text(name)))


def check(name: str, text: str) -> str:
    """The text; Invalid naming its field when it is far too long."""
    bounds.check(name, text, limits.of_text(name))
    return text


def find_faults(
    value: Mapping[str, Any], known: Iterable[str], own: Mapping[str, int] = NO_LIMITS
) -> dict[str, FieldError]:
    """Each text of a JSON object that is far too long, by its path: `bio`, `alts.0`, `notify.like`.

    Only in fields that are known, and as deep as any of them is: nothing reads what else there is.
    `own` are the limits of fields that are longer or shorter here than others of their name.
    """
    found = (
        (path, name, text)
        for name in known
        if name in value
        for path, text in _texts_of(name, value[name])
    )
    return {
        path: FieldError("too_long", own.get(name, limits.of_text(name)))
        for path, name, text in found
        if is_excessive(name, text, own)
    }


def _texts_of(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, Mapping | list):
        parts = enumerate(value) if isinstance(value, list) else value.items()
        yield from ((f"{name}.{key}"[:NAME], text) for key, text in parts if isinstance(text, str))
