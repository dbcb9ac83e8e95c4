"""Process groups that share no disk: each has a DATA folder of its own, new at every start."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.harness import children, procfile
from tests.harness.sites import START_S, Site, new_site, status_of

SERVERS = ("web", "realtime")
NO_GROUPS = ("release",)


@dataclass(kw_only=True)
class Machines:
    """One group for each name, `web.1` beside `web.0`; `site.env` has what all of them share.

    `commands` are those of the Procfile, or of the units; `%i` in one of a server is its port.
    """

    site: Site
    folder: Path
    commands: Mapping[str, list[str]]
    ports: dict[str, int] = field(default_factory=dict)
    starts: dict[str, int] = field(default_factory=dict)

    def start(self, name: str) -> None:
        """On an empty disk, as a platform starts one that died."""
        self.starts[name] = self.starts.get(name, 0) + 1
        kind = name.partition(".")[0]
        env = {"DATA": str(self.data(name)), "PIGEON_READY_FILE": str(self._ready(name))}
        if kind in SERVERS:
            env["PORT"] = str(self.ports.setdefault(name, children.free_port()))
        self._ready(name).unlink(missing_ok=True)
        command = [word.replace("%i", env.get("PORT", "")) for word in self.commands[kind]]
        self.site.start(name, command, **env)

    def kill(self, name: str) -> None:
        """The whole group at once, its children too."""
        process = self.site.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def wait(self, name: str) -> None:
        children.wait_ready(
            self.site.processes[name],
            self._is_ready(name),
            log=self.site.log(name),
            timeout_s=START_S,
        )

    def data(self, name: str) -> Path:
        """Where the group that runs now keeps what is its own."""
        return self.folder / "disks" / f"{name}-{self.starts[name]}"

    def disks(self) -> list[Path]:
        return sorted((self.folder / "disks").iterdir())

    def _ready(self, name: str) -> Path:
        return self.folder / f"{name}.ready"

    def _is_ready(self, name: str) -> Callable[[], bool]:
        if name not in self.ports:
            return self._ready(name).exists
        url = f"http://127.0.0.1:{self.ports[name]}/readyz"
        return lambda: status_of(url) == 200


def procfile_commands() -> dict[str, list[str]]:
    return {kind: ["sh", "-c", command] for kind, command in procfile.commands().items()}


@contextmanager
def started(
    folder: Path,
    commands: Mapping[str, list[str]],
    names: tuple[str, ...],
    shared: dict[str, str],
) -> Iterator[Machines]:
    """Migrated by the `release` line, then all groups behind nginx; ready when each is."""
    folder.mkdir(parents=True, exist_ok=True)
    own = {"DATA": str(folder / "disks" / "looker"), "TRUSTED_PROXIES": "1", "GRACEFUL_S": "5"}
    site = new_site(folder, children.free_port(), own | shared)
    machines = Machines(site=site, folder=folder, commands=commands)
    try:
        procfile.run_release(site)
        for name in names:
            machines.start(name)
        ports = {
            kind: [port for name, port in machines.ports.items() if name.startswith(kind)]
            for kind in SERVERS
        }
        procfile.start_nginx(site, folder, ports)
        for name in names:
            machines.wait(name)
        yield machines
    finally:
        site.stop()
