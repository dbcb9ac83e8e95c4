"""The figures of `make structure`, counted on a tree that is small enough to count by hand."""

from __future__ import annotations

import subprocess
from pathlib import Path
from textwrap import dedent

import pytest

from tests.harness import releases
from tests.harness.structure import __main__ as structure
from tests.harness.structure.figures import FIGURES
from tests.harness.structure.sources import Code

LONG = "def long(n: int) -> int:\n" + "    n += 1\n" * 51 + "    return n\n"
TREE = {
    "pigeon/__init__.py": '"""The application."""\n',
    "pigeon/unit_of_work.py": "def commit(session):\n    session.commit()\n",
    "pigeon/services/__init__.py": "",
    "pigeon/services/posts.py": """
        from __future__ import annotations

        from typing import TYPE_CHECKING

        from pigeon.services import posts_cards

        if TYPE_CHECKING:
            from pigeon.services import late

        def share(text: str, *names: str, loud: bool = False) -> None:
            \"\"\"Say it.\"\"\"
            posts_cards.draw(text)
    """,
    "pigeon/services/posts_cards.py": """
        class Card:
            \"\"\"What is drawn.\"\"\"

            def turn(self, to):
                return to

        def draw(text: str) -> None:
            from pigeon.services.posts import share
            from json import dumps

            share(dumps(text))
    """,
    "pigeon/services/late.py": LONG,
    "pigeon/services/comments/__init__.py": "",
    "pigeon/services/comments/cards.py": """
        def choose(n: int) -> str:
            return {}.get(n) or ("a" if n else "b") if n > 1 and n < 2 or n == 3 and n else "" or (
                "x" if n and n and n and n and n else "y"
            )
    """,
    "pigeon/jobs/posts.py": "",
    "templates/comments/comments.html": "",
    "tests/services/test_posts.py": "\n" * 301,
    "tests/services/comments/test_cards.py": "\n" * 501,
}
EXPECTED = {
    "Lines of a function, median": "3",
    "Lines of a function, 90th percentile": "52",
    "Functions over 50 lines": "1",
    "Files over 300 lines in pigeon/": "0",
    "Files over 500 lines in pigeon/": "0",
    "Files over 300 lines in tests/": "2",
    "Files over 500 lines in tests/": "1",
    "Typed arguments": "75.0 %",
    "Public functions with a docstring": "16.7 %",
    "Classes with a docstring": "100.0 %",
    "Lines of tests to a line of source": "9.33",
    "Modules with a mirrored test": "33.3 %",
    "Late imports of own modules": "1",
    "Modules of the largest import cycle": "2",
    "Commit sites": "1",
    "Cyclomatic complexity, mean": "2.9",
    "Blocks of rank C or worse": "1",
    "Services found by their feature's name": "75.0 %",
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name, text in TREE.items():
        path = tmp_path / "tree" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text))
    return tmp_path / "tree"


def commit(tree: Path) -> str:
    """Everything that is there, as a repository of its own."""
    own = ("-c", "user.name=ann", "-c", "user.email=ann@example.org")
    for step in (("init", "-q"), ("add", "-A"), (*own, "commit", "-q", "-m", "all")):
        subprocess.run(["git", *step], cwd=tree, check=True)
    asked = subprocess.run(["git", "rev-parse", "HEAD"], cwd=tree, check=True, capture_output=True)
    return asked.stdout.decode().strip()


def test_every_figure_is_counted(tree: Path) -> None:
    code = Code(tree)
    assert {figure.name: figure.shown(code) for figure in FIGURES} == EXPECTED


def test_an_empty_tree_has_figures_too(tmp_path: Path) -> None:
    code = Code(tmp_path)
    assert all(figure.shown(code) for figure in FIGURES)


def test_a_commit_stands_beside_what_is_here_and_what_became_worse_is_marked(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = commit(tree)
    (tree / "pigeon" / "services" / "late.py").write_text(LONG + LONG.replace("long", "longer"))
    (tree / "tests" / "test_unit_of_work.py").write_text("")
    assert structure.main([before], root=tree) == 0
    rows = dict(_cells(line) for line in capsys.readouterr().out.splitlines())
    assert rows[""] == [before[:12], "here", "worse"]
    assert rows["Functions over 50 lines"] == ["1", "2", "worse"]
    assert rows["Modules with a mirrored test"] == ["33.3 %", "50.0 %", ""]
    assert rows["Commit sites"] == ["1", "1", ""]


def _cells(line: str) -> tuple[str, list[str]]:
    name, *others = (cell.strip() for cell in line.strip("|").split("|"))
    return name, others


def test_a_commit_that_is_not_there_is_said_in_a_line(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    commit(tree)
    assert structure.main(["f" * 40], root=tree) == 1
    assert capsys.readouterr().err.startswith("fffffffff is not in this clone")


def test_a_release_is_unpacked_whole(tree: Path, tmp_path: Path) -> None:
    place = releases.unpack(commit(tree), tmp_path / "there", root=tree)
    found = {path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()}
    assert found == set(TREE)
