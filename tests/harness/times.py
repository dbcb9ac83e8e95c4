"""Where the time of a run went: the slowest files, and seconds by what a test needs (`--times`)."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

import pytest
from _pytest.terminal import TerminalReporter

KINDS = ("browser", "bench", "processes", "mariadb")  # the first that a test carries
REST = "rest"
FILES = 10


def pytest_addoption(parser: pytest.Parser) -> None:
    sentence = "say at the end where the time went"
    parser.getgroup("times").addoption("--times", action="store_true", help=sentence)


def pytest_configure(config: pytest.Config) -> None:
    is_worker = hasattr(config, "workerinput")
    if config.getoption("times") and not is_worker:
        config.pluginmanager.register(Times(), "times-of-this-run")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report = yield
    report.kind = kind_of(item)  # xdist brings it to the controller
    return report


def kind_of(item: pytest.Item) -> str:
    return next((kind for kind in KINDS if item.get_closest_marker(kind)), REST)


class Times:
    def __init__(self) -> None:
        self._began = time.monotonic()
        self._files: Counter[str] = Counter()
        self._kinds: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._files[report.nodeid.partition("::")[0]] += report.duration
        self._kinds[getattr(report, "kind", REST)] += report.duration

    def pytest_terminal_summary(self, terminalreporter: TerminalReporter) -> None:
        wall_s = time.monotonic() - self._began
        terminalreporter.write_sep("=", f"where {wall_s:.0f} s went, in seconds of all workers")
        for name, seconds in self._files.most_common(FILES):
            terminalreporter.write_line(f"{seconds:7.1f}  {name}")
        sums = ", ".join(f"{kind} {seconds:.0f}" for kind, seconds in self._kinds.most_common())
        terminalreporter.write_line(f"{self._kinds.total():7.1f}  in all: {sums}")
