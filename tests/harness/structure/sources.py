"""The Python files of a tree, read and parsed once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One file; `name` is its path from the root of the tree."""

    name: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.name)

    @property
    def lines(self) -> int:
        return len(self.text.splitlines())

    @property
    def module(self) -> str:
        """As an import calls it: `pigeon.web` is `pigeon/web/__init__.py`."""
        return self.name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def functions(self) -> Iterator[Function]:
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))

    def classes(self) -> Iterator[ast.ClassDef]:
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef))


@dataclass(frozen=True)
class Code:
    """What is measured: the application, and the tests of it."""

    root: Path

    @cached_property
    def application(self) -> list[Source]:
        return self._read("pigeon")

    @cached_property
    def tests(self) -> list[Source]:
        return self._read("tests")

    def names_in(self, folder: str) -> set[str]:
        """What stands in a folder, without endings: modules, packages, folders."""
        place = self.root / folder
        return {path.stem for path in place.iterdir()} if place.is_dir() else set()

    def _read(self, folder: str) -> list[Source]:
        return [
            Source(path.relative_to(self.root).as_posix(), path.read_text())
            for path in sorted((self.root / folder).rglob("*.py"))
        ]
