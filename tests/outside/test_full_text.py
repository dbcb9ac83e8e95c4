"""SQLite 3.40.1 (FTS5, trigram) and MariaDB 10.11 (InnoDB full text): words of two syllables.

Expected: `사진` is found in `단체사진을`. Seen: SQLite's `LIKE` over a trigram table answers
nothing for it, although `LIKE` over a plain table does and two Latin letters are found; InnoDB
finds words from their first letter alone, and none of fewer than three letters.
Source: sqlite.org/fts5.html, "The Experimental Trigram Tokenizer", which promises a scan for
patterns of fewer than three characters; MariaDB's `innodb_ft_min_token_size`.
Why it is here: `services/posts/pieces.py` keeps an index of its own.
"""

from __future__ import annotations

import sqlite3

import pytest
import sqlalchemy

from tests.harness.mariadb import MariaDB

CAPTION, WORD = "단체사진을 찍었다", "사진"


@pytest.mark.skipif(sqlite3.sqlite_version_info >= (3, 41), reason="not seen with this SQLite")
def test_like_over_trigrams_finds_no_two_syllables() -> None:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE captions USING fts5(text, tokenize='trigram')")
    database.executemany("INSERT INTO captions VALUES (?)", [(CAPTION,), ("two photos",)])

    def found(word: str) -> int:
        query = "SELECT COUNT(*) FROM captions WHERE text LIKE ?"
        (count,) = database.execute(query, (f"%{word}%",)).fetchone()
        return int(count)

    assert [found(word) for word in ("단체사진", "ph", WORD)] == [1, 1, 0]


@pytest.mark.mariadb
def test_full_text_finds_no_two_syllables_inside_a_word(mariadb: MariaDB) -> None:
    engine = sqlalchemy.create_engine(mariadb.create("full_text"))
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE captions (text VARCHAR(99), FULLTEXT (text))")
        connection.exec_driver_sql("INSERT INTO captions VALUES (%s)", (CAPTION,))
    with engine.connect() as connection:
        query = "SELECT COUNT(*) FROM captions WHERE MATCH (text) AGAINST (%s IN BOOLEAN MODE)"
        found = [
            connection.exec_driver_sql(query, (word,)).scalar()
            for word in ("단체사진을", f"{WORD}*", WORD)
        ]
    engine.dispose()
    assert found == [1, 0, 0]
