"""The rows of the table: what each figure is called, how it is shown, and which way is better."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.harness.structure import files, functions, imports
from tests.harness.structure.sources import Code


@dataclass(frozen=True, kw_only=True)
class Figure:
    """`form` is a format of one number; more is better where nothing else is said."""

    name: str
    measure: Callable[[Code], float]
    form: str = "{:.0f}"
    is_less_better: bool = False

    def shown(self, code: Code) -> str:
        return self.form.format(self.measure(code))

    def is_worse(self, before: str, now: str) -> bool:
        """Judged as shown, so that what nobody sees is no change."""
        old, new = float(before.rstrip(" %")), float(now.rstrip(" %"))
        return new > old if self.is_less_better else new < old


def _count(name: str, measure: Callable[[Code], float]) -> Figure:
    return Figure(name=name, measure=measure, is_less_better=True)


def _share(name: str, measure: Callable[[Code], float]) -> Figure:
    return Figure(name=name, measure=measure, form="{:.1f} %")


FIGURES = (
    _count("Lines of a function, median", functions.median),
    _count("Lines of a function, 90th percentile", functions.ninetieth),
    _count("Functions over 50 lines", functions.long_ones),
    _count("Files over 300 lines in pigeon/", lambda code: files.over(code.application, 300)),
    _count("Files over 500 lines in pigeon/", lambda code: files.over(code.application, 500)),
    _count("Files over 300 lines in tests/", lambda code: files.over(code.tests, 300)),
    _count("Files over 500 lines in tests/", lambda code: files.over(code.tests, 500)),
    _share("Typed arguments", functions.typed_arguments),
    _share("Public functions with a docstring", functions.explained_functions),
    _share("Classes with a docstring", functions.explained_classes),
    Figure(name="Lines of tests to a line of source", measure=files.tests_per_line, form="{:.2f}"),
    _share("Modules with a mirrored test", files.mirrored),
    _count("Late imports of own modules", imports.late),
    _count("Modules of the largest import cycle", imports.largest_cycle),
    _count("Commit sites", files.commit_sites),
    Figure(
        name="Cyclomatic complexity, mean",
        measure=functions.mean_complexity,
        form="{:.1f}",
        is_less_better=True,
    ),
    _count("Blocks of rank C or worse", functions.complex_blocks),
    _share("Services found by their feature's name", files.found_by_name),
)
