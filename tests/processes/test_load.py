"""Half a minute of many readers on the Procfile's processes: nobody is answered with a 5xx."""

from __future__ import annotations

import pytest

from tests.harness import children


@pytest.mark.slow
@pytest.mark.processes
@pytest.mark.mariadb
@pytest.mark.timeout(600)
def test_half_a_minute_of_many_readers_sees_no_5xx() -> None:
    from bench import load

    for program, package in load.NEEDED.items():
        children.require(program, package=package)
    assert load.main(["--seconds", "30"]) == 0
