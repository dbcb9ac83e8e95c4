"""The settings that tests run with."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
SAFE = {
    "SECRET_KEY": "the-secret-key-of-the-tests-0123456789",
    "PUBLIC_URL": "http://localhost",
    "PASSWORD_COST": "test",
    "SQL_FLUSH": "off",
    "RATE_LIMITS": "off",
}
PLAIN = {"CACHE": "off", "FANOUT": "off", "ASYNC": "off", "WRITE_BACK": "off"}
MODES = {"full": {}, "plain": PLAIN}
