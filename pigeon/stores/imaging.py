"""Pictures: what an upload is (`inspect`), and its renditions made at a safe distance.

`inspect` is for the request and reads headers; everything that decodes runs in a child with
limits, so that neither a bomb nor a broken decoder touches the process that asked. Pillow is
imported only on the way there.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from pigeon.stores import imaging_headers
from pigeon.stores.imaging_headers import Inspected, Refused
from pigeon.stores.imaging_results import Rendered, RenderedFile

__all__ = [
    "Inspected",
    "Refused",
    "RenderInterrupted",
    "Rendered",
    "RenderedFile",
    "inspect",
    "render_avatar_limited",
    "render_limited",
]

WALL_S = 60.0
CHECK_S = 4.0
"""Of all files of a request whose headers do not tell whether they were cut, while it waits; what
is left then is looked at by the rendering."""

_checking = threading.Lock()
FROM_OUTSIDE = frozenset({signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP})


BARE_START = """
import sys, types
package = types.ModuleType("pigeon")
package.__path__ = sys.argv[1:]
sys.modules["pigeon"] = package
from pigeon.stores.imaging_worker import main
main()
"""
"""The worker without the composition root of its package, whose imports take seconds."""


class TooSlow(Refused):
    """The child took longer than it may."""


class RenderInterrupted(RuntimeError):
    """Somebody ended the child: that says nothing about the picture, so try again."""


def inspect(path: str | os.PathLike[str], *, until: float | None = None) -> Inspected:
    """Type, size and frames of a file; raises `Refused` where the contract refuses at once.

    Decodes nothing, but for a JPEG without an end mark, in a child, and only `until` then (of
    `time.monotonic`).
    """
    seen = imaging_headers.inspect(path)
    if not seen.is_ended:
        _check(Path(path), time.monotonic() + CHECK_S if until is None else until)
    return seen


def _check(path: Path, until: float) -> None:
    """One at a time, since a large file takes half a gigabyte; what is not looked at here in time
    is looked at by the rendering."""
    if not _checking.acquire(timeout=max(0.0, until - time.monotonic())):
        return
    try:
        left_s = until - time.monotonic()
        if left_s > 0:
            with suppress(RenderInterrupted, TooSlow):
                _reply_to({"path": str(path.absolute()), "work": "check"}, left_s)
    finally:
        _checking.release()


def render_limited(path: Path, out_dir: Path) -> Rendered:
    """`imaging_render.render` in a child: `Refused` for damage, crashes and exceeded limits.

    Raises `OSError` when the files cannot be written and `RenderInterrupted` when the child was
    ended from outside: both pass.
    """
    return _rendered({**_places(path, out_dir), "work": "photograph"})


def render_avatar_limited(
    path: Path, out_dir: Path, crop: tuple[float, float, float] | None = None
) -> Rendered:
    """`imaging_render.render_avatar` in a child; errors as in `render_limited`."""
    return _rendered({**_places(path, out_dir), "work": "avatar", "crop": crop})


def _places(path: Path, out_dir: Path) -> dict[str, str]:
    return {"path": str(path.absolute()), "out_dir": str(out_dir.absolute())}


def _rendered(task: Mapping[str, Any]) -> Rendered:
    return _from_json(_reply_to(task, WALL_S)["rendered"])


def _reply_to(task: Mapping[str, Any], wall_s: float) -> dict[str, Any]:
    run = _run_forked if _may_fork() else _run_started
    exit_code, output = run(task, wall_s)
    if exit_code:
        raise _failure(exit_code)
    reply: dict[str, Any] = json.loads(output)
    if "refused" in reply:
        raise Refused(reply["refused"])
    if "errno" in reply:
        raise OSError(reply["errno"], reply["message"])
    return reply


def _failure(exit_code: int) -> Exception:
    if exit_code < 0 and -exit_code in FROM_OUTSIDE:
        return RenderInterrupted(f"signal {-exit_code}")
    return Refused("unreadable")


def _may_fork() -> bool:
    """Not beside other threads, whose locks would stay locked, and not under gevent."""
    monkey = sys.modules.get("gevent.monkey")
    is_patched = monkey is not None and monkey.is_module_patched("socket")
    return threading.active_count() == 1 and not is_patched


def _run_forked(task: Mapping[str, Any], wall_s: float) -> tuple[int, bytes]:
    from pigeon.stores.imaging_worker import write_answer  # loaded here, found there

    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _end_after(lambda: write_answer(task, writer))
    os.close(writer)
    output = None
    try:
        output = _read_to_end(reader, wall_s)
    finally:
        os.close(reader)
        if output is None:
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), output


def _end_after(work: Callable[[], None]) -> NoReturn:
    """Leaves without a word to anything inherited: no handler, no buffer, no connection."""
    exit_code = 1
    try:
        work()
        exit_code = 0
    finally:
        os._exit(exit_code)


def _read_to_end(reader: int, wall_s: float) -> bytes:
    deadline = time.monotonic() + wall_s
    poll = select.poll()
    poll.register(reader, select.POLLIN)
    output = b""
    while poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
        part = os.read(reader, 65_536)
        if not part:
            return output
        output += part
    raise TooSlow


def _run_started(task: Mapping[str, Any], wall_s: float) -> tuple[int, bytes]:
    command = [sys.executable, "-c", BARE_START, str(Path(__file__).parents[1])]
    try:
        ended = subprocess.run(
            command,
            input=json.dumps(task).encode(),
            capture_output=True,
            check=False,
            timeout=wall_s,
        )
    except subprocess.TimeoutExpired as error:
        raise TooSlow from error
    return ended.returncode, ended.stdout


def _from_json(reply: dict[str, Any]) -> Rendered:
    files = (RenderedFile(**{**file, "path": Path(file["path"])}) for file in reply["files"])
    return Rendered(**{**reply, "files": tuple(files)})
