"""What failed in a whole run is run once more, alone: did the code fail, or the busy machine?

`--second-look` on a whole run. What passes then is flaky: printed and kept with its first failure,
a fault to mend, and no reason for a red run. A test marked `no_second_look` claims that nothing is
lost, doubled or shown to the wrong person: once is too often, so its first failure stands.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from _pytest.reports import BaseReport
from _pytest.terminal import TerminalReporter

MOST = 15  # more than these are no accident
HANG_S = 1_800
KEPT = Path("test-results") / "flaky"
FAILURES = ("failed", "error")
REFUSED = 77  # an exit status that pytest does not have


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("second look")
    group.addoption("--second-look", action="store_true", help="run what failed once more, alone")
    group.addoption("--is-second-look", action="store_true", help="used by --second-look")


def pytest_configure(config: pytest.Config) -> None:
    sentence = "no_second_look: nothing lost, doubled or shown to the wrong person, not even once"
    config.addinivalue_line("markers", sentence)
    is_worker = hasattr(config, "workerinput")
    if config.getoption("second_look") and not is_worker:
        config.pluginmanager.register(SecondLook(config), "second-look-of-this-run")


def pytest_collection_finish(session: pytest.Session) -> None:
    """Asked here, since of a worker that crashed nothing is known but the test's name."""
    if not session.config.getoption("is_second_look"):
        return
    if any(item.get_closest_marker("no_second_look") for item in session.items):
        pytest.exit("it is marked no_second_look", returncode=REFUSED)


@dataclass(frozen=True, kw_only=True)
class Look:
    """One test's first failure and what the second look at it found."""

    nodeid: str
    first: str
    passed: bool
    second: str


class SecondLook:
    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._looks: list[Look] = []
        self._kept: Path | None = None
        self._refusal = ""

    @pytest.hookimpl(wrapper=True, trylast=True)  # after xdist's workers are gone
    def pytest_sessionfinish(self, session: pytest.Session) -> Iterator[None]:
        yield
        reporter = self._config.pluginmanager.get_plugin("terminalreporter")
        failed = _first_failures(reporter)
        if not failed or session.exitstatus != pytest.ExitCode.TESTS_FAILED:
            return
        if len(failed) > MOST:
            self._refusal = f"{len(failed)} failed, more than {MOST}: no second look"
            return
        self._look_at(failed, reporter)
        self._kept = _keep(self._flaky, self._config.rootpath)
        if len(self._flaky) == len(failed):
            session.exitstatus = pytest.ExitCode.OK

    def _look_at(self, failed: dict[str, list[BaseReport]], reporter: TerminalReporter) -> None:
        reporter.write_sep("=", f"second look at {len(failed)}, one at a time")
        for nodeid, reports in failed.items():
            look = _look_again(nodeid, reports, self._config)
            reporter.write_line(f"{nodeid}: {'passed' if look.passed else 'failed'}")
            self._looks.append(look)
            if look.passed:
                _call_flaky(reports, reporter)

    @property
    def _flaky(self) -> list[Look]:
        return [look for look in self._looks if look.passed]

    def pytest_terminal_summary(self, terminalreporter: TerminalReporter) -> None:
        if self._refusal:
            terminalreporter.write_sep("=", self._refusal, red=True)
        for look in self._looks:
            if not look.passed:
                terminalreporter.write_sep("_", f"second look: {look.nodeid}", red=True)
                terminalreporter.write_line(look.second)
        if self._flaky:
            terminalreporter.write_sep("=", "flaky: failed, then passed alone", yellow=True)
            terminalreporter.write_line(_told(self._flaky))
            terminalreporter.write_line(f"Kept in {self._kept}. Each is a fault to mend.")


def _first_failures(reporter: TerminalReporter) -> dict[str, list[BaseReport]]:
    failed: dict[str, list[BaseReport]] = {}
    for kind in FAILURES:
        for report in reporter.stats.get(kind, ()):
            failed.setdefault(report.nodeid, []).append(report)
    return failed


def _look_again(nodeid: str, reports: list[BaseReport], config: pytest.Config) -> Look:
    status, output = _run_alone(nodeid, config)
    if status == pytest.ExitCode.USAGE_ERROR and "@" in nodeid:  # as xdist's groups are named
        status, output = _run_alone(nodeid.rpartition("@")[0], config)
    return Look(
        nodeid=nodeid,
        first="\n".join(_everything(report) for report in reports),
        passed=status == pytest.ExitCode.OK,
        second=output[-8_000:],
    )


def _run_alone(nodeid: str, config: pytest.Config) -> tuple[int, str]:
    """A process of its own, in which no server and no state of the first run is left."""
    command = [sys.executable, "-m", "pytest", "-m", "", "-q", "--is-second-look"]
    if config.inipath:
        command += ["-c", str(config.inipath)]
    for plugin in config.option.plugins:
        command += ["-p", plugin]
    try:
        done = subprocess.run(
            [*command, nodeid],
            cwd=config.rootpath,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=HANG_S,
        )
    except subprocess.TimeoutExpired:
        return pytest.ExitCode.INTERRUPTED, f"no end within {HANG_S} s"
    return done.returncode, done.stdout


def _call_flaky(reports: list[BaseReport], reporter: TerminalReporter) -> None:
    """So that pytest's own closing line counts it as what it is."""
    for kind in FAILURES:
        left = [report for report in reporter.stats.pop(kind, []) if report not in reports]
        if left:
            reporter.stats[kind] = left
    reporter._add_stats("flaky", reports[:1])


def _everything(report: BaseReport) -> str:
    sections = (f"--- {title} ---\n{content}" for title, content in report.sections)
    return "\n".join((report.longreprtext, *sections))


def _told(looks: list[Look]) -> str:
    return "\n\n".join(f"{look.nodeid}\n{look.first}" for look in looks)


def _keep(flaky: list[Look], root: Path) -> Path | None:
    if not flaky:
        return None
    folder = root / KEPT
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / time.strftime("%Y-%m-%d-%H%M%S.txt")
    path.write_text(_told(flaky) + "\n")
    return path.relative_to(root)
