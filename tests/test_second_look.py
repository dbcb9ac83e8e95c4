"""What a second look calls flaky and what stays red, on small runs of their own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.harness import second_look
from tests.harness.environment import ROOT

INI = """[pytest]
addopts = --strict-markers
markers =
    no_second_look: as in the whole suite
"""
# No others: several of what is installed take a second to load.
PLUGINS = ("xdist.plugin", "pytest_timeout", "tests.harness.second_look", "tests.harness.times")
# Fails when it runs for the first time, and passes from then on.
ONCE = """
import os, pathlib, pytest

def fails_once(name, fail):
    mark = pathlib.Path(__file__).with_name(name + ".seen")
    if not mark.exists():
        mark.touch()
        fail()

def wrong():
    raise AssertionError("the first failure")
"""
Run = Callable[..., tuple[int, str]]

pytestmark = pytest.mark.slow  # a few processes a test


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """`run(source)` is the exit status and the output of a run with that test file."""

    def start(source: str, *options: str) -> tuple[int, str]:
        (tmp_path / "pytest.ini").write_text(INI)
        (tmp_path / "test_tiny.py").write_text(ONCE + source)
        plugins = [argument for name in PLUGINS for argument in ("-p", name)]
        alone = {
            "PYTHONPATH": str(ROOT),
            "PYTEST_ADDOPTS": "",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        }
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *plugins, "--second-look", *options],
            cwd=tmp_path,
            env=os.environ | alone,
            capture_output=True,
            text=True,
        )
        return done.returncode, done.stdout

    return start


def closing_line(output: str) -> str:
    """Without its ornaments and the time it took."""
    found = re.fullmatch(r"=+ (.*) in [\d.]+s.*=+", output.strip().splitlines()[-1])
    assert found, output
    return found[1]


def kept(place: Path) -> list[str]:
    return [path.read_text() for path in (place / second_look.KEPT).glob("*.txt")]


BOTH_WAYS = pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["alone", "two_workers"])


@BOTH_WAYS
def test_what_passes_alone_is_flaky_and_no_reason_for_red(
    run: Run, tmp_path: Path, options: tuple[str, ...]
) -> None:
    status, output = run(
        """
def test_sure(): pass
def test_shaky(): print("what it printed"); fails_once("a", wrong)
""",
        *options,
    )
    assert status == 0, output
    assert closing_line(output) == "1 passed, 1 flaky"
    assert "AssertionError: the first failure" in output.partition("flaky: failed, then")[2]
    (text,) = kept(tmp_path)
    assert text.startswith("test_tiny.py::test_shaky")
    assert "the first failure" in text and "what it printed" in text


@BOTH_WAYS
def test_what_fails_twice_is_red(run: Run, tmp_path: Path, options: tuple[str, ...]) -> None:
    status, output = run(
        """
def test_shaky(): fails_once("a", wrong)
def test_broken(): assert not "always"
""",
        *options,
    )
    assert status == 1
    assert closing_line(output) == "1 failed, 1 flaky"
    assert len(kept(tmp_path)) == 1


def test_nothing_is_looked_at_again_when_all_pass(run: Run, tmp_path: Path) -> None:
    status, output = run("def test_sure(): pass")
    assert (status, closing_line(output)) == (0, "1 passed")
    assert "second look" not in output and not kept(tmp_path)


@BOTH_WAYS
def test_a_marked_test_gets_no_second_look(
    run: Run, tmp_path: Path, options: tuple[str, ...]
) -> None:
    status, output = run(
        """
@pytest.mark.no_second_look
def test_promise(): fails_once("a", wrong)
""",
        *options,
    )
    assert status == 1
    assert closing_line(output) == "1 failed"
    assert "marked no_second_look" in output and not kept(tmp_path)


def test_a_worker_that_crashed_on_a_marked_test_stays_red(run: Run) -> None:
    status, output = run(
        """
@pytest.mark.no_second_look
def test_promise(): fails_once("a", lambda: os._exit(1))
""",
        *("-n", "2"),
    )
    assert (status, closing_line(output)) == (1, "1 failed")


def test_a_worker_that_crashed_is_looked_at(run: Run, tmp_path: Path) -> None:
    status, output = run(
        """
def test_sure(): pass
def test_crashes(): fails_once("a", lambda: os._exit(1))
""",
        *("-n", "2"),
    )
    assert (status, closing_line(output)) == (0, "1 passed, 1 flaky")
    assert "crashed while running" in kept(tmp_path)[0]


def test_what_runs_out_of_time_is_looked_at(run: Run) -> None:
    status, output = run(
        """
import time
@pytest.mark.timeout(1)
def test_hangs(): fails_once("a", lambda: time.sleep(60))
""",
        *("-n", "2"),
    )
    assert (status, closing_line(output)) == (0, "1 flaky")


def test_a_file_that_cannot_be_read_is_looked_at(run: Run) -> None:
    """It is seen by both workers, so it fails for both."""
    source = "\nif len(list(pathlib.Path(__file__).parent.glob('*.pid'))) < 2:\n"
    source += "    pathlib.Path(__file__).with_name(f'{os.getpid()}.pid').touch(); wrong()\n"
    status, output = run(source + "def test_sure(): pass", "-n", "2")
    assert (status, closing_line(output)) == (0, "1 flaky")


def test_workers_that_do_not_see_the_same_tests_are_a_failure(run: Run) -> None:
    """Nothing ran: that the file can be read now is not enough."""
    source = "\nif not list(pathlib.Path(__file__).parent.glob('*.pid')):\n"
    source += "    pathlib.Path(__file__).with_name('one.pid').touch(); wrong()\n"
    status, output = run(source + "def test_sure(): pass", "-n", "2")
    assert status == 1
    assert re.search(r"\b1 error\b", closing_line(output))


def test_a_failing_teardown_is_looked_at(run: Run) -> None:
    status, output = run(
        """
@pytest.fixture
def place():
    yield
    fails_once("a", wrong)
def test_sure(place): pass
"""
    )
    assert (status, closing_line(output)) == (0, "1 passed, 1 flaky")


def test_many_failures_are_no_accident(run: Run, tmp_path: Path) -> None:
    many = second_look.MOST + 1
    status, output = run(
        f"""
@pytest.mark.parametrize("n", range({many}))
def test_shaky(n): fails_once(str(n), wrong)
"""
    )
    assert (status, closing_line(output)) == (1, f"{many} failed")
    assert "no second look" in output and not kept(tmp_path)


def test_an_interrupted_run_is_no_whole_run(run: Run) -> None:
    status, output = run(
        """
def test_shaky(): fails_once("a", wrong)
def test_ends(): raise KeyboardInterrupt
"""
    )
    assert status == pytest.ExitCode.INTERRUPTED
    assert "flaky" not in output


def test_where_the_time_went_is_said_by_file_and_by_mark(run: Run) -> None:
    status, output = run(
        """
import time
@pytest.mark.browser
def test_waits(): time.sleep(0.3)
def test_sure(): pass
""",
        *("-n", "2", "--times", "-o", "markers=browser: as in the whole suite"),
    )
    assert status == 0, output
    assert re.search(r"^ +0\.[3-9]  test_tiny\.py$", output, re.M), output
    assert re.search(r"in all: browser \d+, rest 0$", output, re.M), output
