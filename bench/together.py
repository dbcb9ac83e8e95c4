"""Several at once, from the same moment on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence


def took_s(works: Sequence[Callable[[], None]]) -> float:
    """Seconds until the last has ended; each has a thread, and what one raises is raised here."""
    start = threading.Barrier(len(works) + 1)
    failed: list[BaseException] = []

    def run(work: Callable[[], None]) -> None:
        start.wait()
        try:
            work()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return time.perf_counter() - began
