"""Answers as JSON, and the description of each call that the OpenAPI document is made of."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ParamSpec

from flask import Response

from pigeon.cache.codec import adapter

P = ParamSpec("P")
LIST = ("before", "limit")
"""The query of every list: where the page before ended, and how much of it is wanted."""


@dataclass(frozen=True, kw_only=True)
class Operation:
    """What a call takes and answers; `multipart` describes such a body, `query` its parameters.

    `is_keyed`: an `Idempotency-Key` makes it safe to send again.
    """

    shape: Any
    status: int
    body: Any = None
    multipart: dict[str, Any] = field(default_factory=dict)
    query: tuple[str, ...] = ()
    also: tuple[int, ...] = ()
    is_keyed: bool = False


def json_response(value: Any, shape: Any, status: int = 200) -> Response:
    """A dataclass as JSON: times ISO 8601 with Z, ids as they are."""
    return Response(adapter(shape).dump_json(value), status, mimetype="application/json")


def answers(
    shape: Any = None,
    status: int = 200,
    *,
    body: Any = None,
    multipart: dict[str, Any] | None = None,
    query: tuple[str, ...] = (),
    also: tuple[int, ...] = (),
    is_keyed: bool = False,
) -> Callable[[Callable[P, Any]], Callable[P, Response]]:
    """Turn what a view returns (a value of `shape`, or `(value, status)`) into the answer."""

    def declare(view: Callable[P, Any]) -> Callable[P, Response]:
        @functools.wraps(view)
        def call(*args: P.args, **kwargs: P.kwargs) -> Response:
            value = view(*args, **kwargs)
            if isinstance(value, Response):
                return value
            value, code = value if isinstance(value, tuple) else (value, status)
            return Response(status=code) if shape is None else json_response(value, shape, code)

        call.operation = Operation(  # type: ignore[attr-defined]
            shape=shape,
            status=status,
            body=body,
            multipart=multipart or {},
            query=query,
            also=also,
            is_keyed=is_keyed,
        )
        return call

    return declare
