"""`python -m bench.load`: many readers at once on the Procfile's processes behind nginx.

Exits with 1 when anything was answered with a 5xx, or not at all.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench import people
from tests.harness import children, mariadb
from tests.harness.environment import ROOT
from tests.harness.procfile import procfile_site
from tests.harness.sites import Site

NEEDED = {"mariadbd": "mariadb-server", "nginx": "nginx"}
SECONDS = 30
PEOPLE = 30


def main(arguments: list[str]) -> int:
    options = _parse(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that everything is cleaned up
    missing = [package for name, package in NEEDED.items() if not children.find(name)]
    if missing:
        print(f"make load needs {' and '.join(missing)}: install them first", file=sys.stderr)
        return 2
    with _site() as (site, cast):
        status = drive(site.url, cast, people_count=options.people, seconds=options.seconds)
        print(f"{site.url}: exit status {status}")
    return status


def drive(url: str, cast: Path, *, people_count: int = PEOPLE, seconds: int = SECONDS) -> int:
    """Let so many people read a running site; locust's exit status."""
    command = [
        "locust",
        "-f",
        str(ROOT / "bench" / "locustfile.py"),
        "--headless",
        "--only-summary",
    ]
    size = ["-u", str(people_count), "-r", str(people_count), "-t", f"{seconds}s", "--host", url]
    return subprocess.run(
        [sys.executable, "-m", *command, *size],
        cwd=ROOT,
        env=os.environ | {"CAST": str(cast), "PYTHONPATH": str(ROOT)},
    ).returncode


@contextmanager
def _site() -> Iterator[tuple[Site, Path]]:
    folder = Path(tempfile.mkdtemp(prefix="pigeon-load-"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        server = mariadb.start(folder)
        stack.callback(server.stop)
        celebrities = {"CELEBRITY_FOLLOWERS": str(people.PLAN.threshold)}
        url = server.create("pigeon_load")
        site = stack.enter_context(procfile_site(folder / "site", url, **celebrities))
        cast = folder / "cast.json"
        people.settle(site.app, folder).write(cast)
        yield site, cast


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.load", description=__doc__)
    parser.add_argument("--seconds", type=int, default=SECONDS)
    parser.add_argument("--people", type=int, default=PEOPLE, help="each asks twice a second")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
