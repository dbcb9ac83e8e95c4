from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.stand_in import REPOSITORY, RUN, Site, Start, free_port


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    root = tmp_path / "root"
    shutil.copytree(Path(__file__).parent / "stand_in", root)
    shutil.copytree(REPOSITORY / "pigeon" / "processes", root / "pigeon" / "processes")
    shutil.copy(REPOSITORY / "gunicorn.conf.py", root)
    sites: list[Site] = []

    def start_site(**env: str) -> Site:
        log = tmp_path / f"log-{len(sites)}"
        port = int(env.pop("PORT", 0)) or free_port()
        settings = {"DATA": str(tmp_path / "data"), "PORT": str(port), "DEMO": "off", **env}
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("REDIS", "SECRET"))}
        with log.open("wb") as output:
            popen = subprocess.Popen(
                [sys.executable, "-c", RUN, str(root)],
                cwd=REPOSITORY,
                env={**kept, **settings},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        sites.append(Site(popen=popen, data=Path(settings["DATA"]), port=port, log=log))
        return sites[-1]

    yield start_site
    for site in sites:
        site.popen.kill()
        site.popen.wait()
