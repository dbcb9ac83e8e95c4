"""Reading a text takes time that grows with its length, whatever is in it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator

import pytest

from pigeon.domain import bounds, hangul, names, search_keys, symbols, text, tokens
from tests.harness import costs

MODULES = (text, tokens, names, hangul, search_keys, symbols, bounds)
SHORT, LONG = 2_000, 8_000
FLOOR_S = 0.003
"""Of the long one; what is so quick may take any share of it."""
GROWTH = 6
"""Four times the text may take six times as long; the square of it would take sixteen."""
OTHERS = {
    "known": {"ann", "민지"},
    "mentioned": {"ann": "ann"},
    "name": "text",
}
OF_READINGS = {"hangul.certain_of", "hangul.fits"}
"""They take what `hangul.readings` made of a text."""

Call = Callable[[str], object]


def functions() -> list[tuple[str, Callable[..., object]]]:
    """Every public function of the modules that read texts."""
    return [
        (f"{module.__name__.rpartition('.')[2]}.{name}", found)
        for module in MODULES
        for name, found in vars(module).items()
        if inspect.isfunction(found) and found.__module__ == module.__name__ and name[0] != "_"
    ]


def calls() -> Iterator[tuple[str, Call]]:
    """Each function as one of a text, once for each of its texts; others are short."""
    for name, function in functions():
        parameters = inspect.signature(function).parameters
        texts = [key for key, value in parameters.items() if value.annotation in (str, "str")]
        for grows in texts:
            if grows != "name":
                yield f"{name}({grows})", _bound(function, list(parameters), grows)


def _bound(function: Callable[..., object], parameters: list[str], grows: str) -> Call:
    def call(long: str) -> object:
        own = {grows: long, "limit": len(long) // 2}
        given = {key: own.get(key, OTHERS.get(key, "민지 " * 16 + "ㅁ")) for key in parameters}
        try:
            found = function(**given)
        except bounds.Invalid:
            return None
        return list(found) if inspect.isgenerator(found) else found

    return call


def slowness(call: Call, piece: str) -> float | None:
    """How many times longer four times the text takes, when that is more than it may."""
    short, long = costs.text_of(piece, SHORT), costs.text_of(piece, LONG)
    small = float("inf")

    def allowed_s(tries: int) -> float:
        nonlocal small
        small = min(small, costs.cpu_s(lambda: call(short), tries))
        return GROWTH * small + FLOOR_S

    good, large = costs.within(lambda: call(long), allowed_s)
    return None if good else large / small


def test_functions_are_found_by_looking() -> None:
    found = {name for name, _ in calls()}
    assert {"text.parse(text)", "text.segments(text)", "search_keys.read(text)"} <= found
    assert {"names.fold(text)", "bounds.has_long_run(text)", "text.excerpt(text)"} <= found
    named = {name for name, _ in functions()} - OF_READINGS
    assert named == {name.partition("(")[0] for name in found}


@pytest.mark.parametrize("kind", costs.PIECES)
def test_no_function_is_slower_than_its_text_is_long(kind: str) -> None:
    piece = costs.PIECES[kind]
    assert not bounds.has_long_run(costs.text_of(piece, LONG))
    slow = {name: found for name, call in calls() if (found := slowness(call, piece))}
    assert not slow


def test_this_measure_sees_a_square() -> None:
    def square(long: str) -> list[int]:
        """Eight times over: a quick machine counts 4,000 times within the floor."""
        return [long.count("b", at) for _ in range(8) for at in range(len(long))]

    assert slowness(square, "a")
