"""`make structure`, and `make structure REV=<commit>` to see what became worse since."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.harness import releases
from tests.harness.environment import ROOT
from tests.harness.structure.figures import FIGURES
from tests.harness.structure.sources import Code


def table(columns: dict[str, Code]) -> str:
    """Markdown; with two columns a third one says what became worse from the first to the last."""
    rows = [["", *columns, *(["worse"] if len(columns) > 1 else [])], *_rows([*columns.values()])]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [_line(row, widths) for row in rows]
    ruler = "|".join("-" * (width + 2) for width in widths)
    return "\n".join([lines[0], f"|{ruler}|", *lines[1:]])


def _rows(codes: list[Code]) -> Iterator[list[str]]:
    for figure in FIGURES:
        shown = [figure.shown(code) for code in codes]
        verdict = "worse" if figure.is_worse(shown[0], shown[-1]) else ""
        yield [figure.name, *shown, *([verdict] if len(codes) > 1 else [])]


def _line(cells: list[str], widths: list[int]) -> str:
    """The name to the left, figures to the right."""
    name, *figures = zip(cells, widths, strict=True)
    return f"| {' | '.join([name[0].ljust(name[1]), *(cell.rjust(n) for cell, n in figures)])} |"


def main(commits: list[str], *, root: Path = ROOT) -> int:
    """A column for each commit and one for the files as they are; 1 where a commit is unknown."""
    with tempfile.TemporaryDirectory(prefix="pigeon-") as place:
        try:
            before = {
                commit[:12]: Code(releases.unpack(commit, Path(place) / commit, root=root))
                for commit in commits
            }
        except releases.NotInThisClone as error:
            print(error, file=sys.stderr)
            return 1
        print(table({**before, "here": Code(root)}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
