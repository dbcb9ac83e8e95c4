"""What two people do who write to each other is the same with messages in their second home."""

from __future__ import annotations

import pytest

from tests.browser.two_people.test_write import *  # noqa: F403

pytestmark = [
    pytest.mark.browser,
    pytest.mark.processes,
    pytest.mark.mariadb,
    pytest.mark.mongo,
    pytest.mark.xdist_group("two_people_on_mongo"),
    pytest.mark.timeout(600),
]
