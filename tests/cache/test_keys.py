"""Keys of one family never meet, and a key and its lease are in one cluster slot."""

from __future__ import annotations

from pigeon.cache import keys
from pigeon.cache.keys import Family

FAMILIES = [value for value in vars(keys).values() if isinstance(value, Family)]


def _slot(key: str) -> str:
    """What a cluster hashes: between the first brace and the next closing one."""
    return key[key.index("{") + 1 : key.index("}")]


def test_every_part_counts() -> None:
    made = {keys.LIKED.key(*parts) for parts in ((), (1,), (1, 2), (12,), ("1", "post"))}
    assert len(made) == 5


def test_a_key_and_its_lease_are_in_one_slot() -> None:
    for family in FAMILIES:
        key = family.key(4_711)
        assert keys.lease(key) != key
        assert _slot(keys.lease(key)) == _slot(key)


def test_what_may_be_lost_has_an_end_and_what_was_acknowledged_has_none() -> None:
    for family in FAMILIES:
        if family.policy in ("look-aside", "write-through"):
            assert family.ttl_s > 0, family.name
        if family.policy == "write-back":
            assert family.ttl_s == 0, family.name
