"""The answers of the seven tables as README repeats them, so that no figure there is written."""

from __future__ import annotations

from collections.abc import Sequence

from bench.tables import page
from bench.tables.declared import Seven
from bench.tables.found import Found

BEGIN, END = "<!-- the seven tables: `make bench` writes these lines -->", "<!-- until here -->"
HEAD = "| | what to do, and what it gains | shown by |\n|---|---|---|"


def filled(text: str, tables: Sequence[tuple[Seven, Found]]) -> str:
    """`text` with the answers between its two marks, in place of what stood there."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    assert begin and end, "README lacks the marks of the seven tables"
    rows = [_row(table, found) for table, found in tables]
    return "\n".join([f"{before}{BEGIN}\n", HEAD, *rows, f"\n{END}{after}"])


def _row(table: Seven, found: Found) -> str:
    said = page.sentence(table, found).en
    return f"| **{table.title.en}** | {said} | `make bench TABLE={table.number}` |"
