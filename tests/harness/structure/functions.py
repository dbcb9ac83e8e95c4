"""How long functions are, how much of them is typed and explained, and how much they decide."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from radon.complexity import cc_visit

from tests.harness.structure.sources import Code, Function

LONG = 50
RANK_C = 11
"""Radon calls a block with so many ways through it "more than slight" complexity."""


def lengths(code: Code) -> list[int]:
    """Lines from the first statement of a body, docstring included, to its end; sorted."""
    functions = (one for source in code.application for one in source.functions())
    return sorted((one.end_lineno or 0) - one.body[0].lineno + 1 for one in functions)


def median(code: Code) -> float:
    return _at(lengths(code), 0.5)


def ninetieth(code: Code) -> float:
    return _at(lengths(code), 0.9)


def long_ones(code: Code) -> float:
    return sum(length > LONG for length in lengths(code))


def typed_arguments(code: Code) -> float:
    arguments = [one for source in code.application for one in _arguments(source.functions())]
    return _percent(one.annotation is not None for one in arguments)


def explained_functions(code: Code) -> float:
    """Of those that other modules may call."""
    functions = [one for source in code.application for one in source.functions()]
    return _percent(
        ast.get_docstring(one) is not None for one in functions if not one.name.startswith("_")
    )


def explained_classes(code: Code) -> float:
    classes = [one for source in code.application for one in source.classes()]
    return _percent(ast.get_docstring(one) is not None for one in classes)


def mean_complexity(code: Code) -> float:
    found = _complexities(code)
    return sum(found) / len(found) if found else 0.0


def complex_blocks(code: Code) -> float:
    return sum(complexity >= RANK_C for complexity in _complexities(code))


def _complexities(code: Code) -> list[int]:
    """Of functions, methods and classes, as radon counts them."""
    return [block.complexity for source in code.application for block in cc_visit(source.text)]


def _arguments(functions: Iterable[Function]) -> Iterator[ast.arg]:
    for function in functions:
        given = function.args
        named = (*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg)
        yield from (one for one in named if one is not None and one.arg not in ("self", "cls"))


def _at(values: list[int], share: float) -> float:
    return values[int(share * len(values))] if values else 0


def _percent(answers: Iterable[bool]) -> float:
    found = list(answers)
    return 100 * sum(found) / len(found) if found else 100.0
