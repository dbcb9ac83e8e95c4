"""What imports what inside the application: late, and in circles."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import networkx

from tests.harness.structure.sources import Code, Source

OWN = "pigeon"
Import = ast.Import | ast.ImportFrom


def late(code: Code) -> float:
    """Imports of own modules inside a function; those for type checkers alone are none."""
    found = {
        (source.name, node.lineno)
        for source in code.application
        for function in source.functions()
        for node in _imports(function)
        if any(name.split(".")[0] == OWN for name in _named(node))
    }
    return len(found)


def largest_cycle(code: Code) -> float:
    """Modules of the largest group in which each one imports each other, late or by others.

    One module is no cycle, so 0 is the best.
    """
    modules = {source.module for source in code.application}
    graph = networkx.DiGraph(
        (source.module, target)
        for source in code.application
        for target in _targets(source, modules)
    )
    largest = max(map(len, networkx.strongly_connected_components(graph)), default=0)
    return largest if largest > 1 else 0


def _targets(source: Source, modules: set[str]) -> set[str]:
    """The modules that a file imports; `from pigeon import faults` imports `pigeon.faults`."""
    found = set()
    for node in _imports(source.tree):
        for name in _named(node):
            found.add(name if name in modules else name.rpartition(".")[0])
    return found & modules - {source.module}


def _named(node: Import) -> list[str]:
    """The full names, of modules or of what is in them; this code base has no relative ones."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [f"{node.module}.{alias.name}" for alias in node.names]


def _imports(node: ast.AST) -> Iterator[Import]:
    """Everything that is imported when the code runs."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Import):
            yield child
        elif not _is_for_types(child):
            yield from _imports(child)


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
