from __future__ import annotations

import pytest

from tests.harness.mariadb import MariaDB
from tests.processes.test_rolling_deploy import check_upgrade

ANSWERS = 10_000


@pytest.mark.chaos
@pytest.mark.processes
@pytest.mark.mariadb
@pytest.mark.no_second_look
def test_ten_thousand_answers_of_two_releases_lose_and_double_nothing(mariadb: MariaDB) -> None:
    check_upgrade(mariadb, answers=ANSWERS)
