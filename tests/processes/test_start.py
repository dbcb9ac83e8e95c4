"""A start that cannot succeed says why in a line."""

from __future__ import annotations

import socket

import pytest

from tests.harness.stand_in import HANG_S, Start

pytestmark = pytest.mark.processes


def test_a_taken_port_is_named_before_anything_starts(start: Start) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        site = start(PORT=str(taken.getsockname()[1]))
        assert site.popen.wait(timeout=HANG_S) == 1

    assert f"Port {site.port} is taken." in site.output


def test_a_failed_migration_ends_the_start_with_its_words(start: Start) -> None:
    site = start(UPGRADE="fails")

    assert site.popen.wait(timeout=HANG_S) == 1
    assert "the schema is from the future" in site.output
    assert "The site did not start: migrate ended with status 1." in site.output
