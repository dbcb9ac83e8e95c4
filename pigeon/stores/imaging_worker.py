"""One rendering in a process of its own, under limits; speaks JSON with `imaging`.

Forked from a process that has the libraries loaded, or started anew where forking is unsafe.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pigeon.stores.imaging_decode import check
from pigeon.stores.imaging_headers import Refused
from pigeon.stores.imaging_render import render, render_avatar
from pigeon.stores.imaging_results import Rendered

MEMORY_BYTES = 512 * 1024 * 1024
"""Address space beyond what the process has at its start, 25 MB when it is started anew. What fits
our limits of pixels needs at most 505 MB (a progressive JPEG of 64 megapixels in CMYK); 390 MB in
the colours of photographs, 440 MB a WebP of 25 megapixels with alpha, 310 MB a HEIC of as many."""

CPU_S = 40
PR_SET_PDEATHSIG = 1


def answer(task: Mapping[str, Any]) -> dict[str, Any]:
    """What became of a task, for JSON. A full disk is an error of ours, not of the picture."""
    try:
        rendered = WORK[task["work"]](Path(task["path"]), task)
    except Refused as error:
        return {"refused": error.code}
    except MemoryError:
        return {"refused": "unreadable"}
    except OSError as error:
        return {"errno": error.errno, "message": str(error)}
    return {"rendered": rendered and asdict(rendered)}


Work = Callable[[Path, Mapping[str, Any]], Rendered | None]
WORK: dict[str, Work] = {
    "check": lambda path, task: check(path),
    "photograph": lambda path, task: render(path, Path(task["out_dir"])),
    "avatar": lambda path, task: render_avatar(path, Path(task["out_dir"]), task["crop"]),
}


def limit_this_process() -> None:
    """Bounded memory and time, no core file, and gone with the process that started it."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM, signal.SIGXCPU):
        signal.signal(number, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S + 1))
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    ceiling = pages * os.sysconf("SC_PAGE_SIZE") + MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (ceiling, ceiling))


def write_answer(task: Mapping[str, Any], descriptor: int) -> None:
    """Under limits from here on; the process is of no other use afterwards."""
    limit_this_process()
    with os.fdopen(descriptor, "w") as pipe:
        json.dump(answer(task), pipe, default=str)


def main() -> None:
    write_answer(json.load(sys.stdin), sys.stdout.fileno())
