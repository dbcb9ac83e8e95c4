"""The same timeline page as SQL alone: the baselines, as good as they can be made.

Statements go to the driver without an ORM. Reader ids are written into the text; they are ours.
"""

from __future__ import annotations

from typing import Any

Entry = tuple[int, int, int, int, int]
"""Publication, post, author, likes, comments."""

_ENTRY = """
SELECT top.id, p.post_id, p.author_id, o.like_count, o.comment_count,
       u.username, u.display_name, u.avatar
FROM ({top}) AS top
JOIN publications p ON p.id = top.id
JOIN posts o ON o.id = p.post_id
JOIN users u ON u.id = p.author_id
ORDER BY top.id DESC
"""
_AUTHORS = """
SELECT followee_id AS id FROM follows WHERE follower_id = {reader}
UNION ALL SELECT {reader} AS id
"""
_COMPOSITE = {
    False: f"""
SELECT STRAIGHT_JOIN p.id
FROM ({_AUTHORS}) AS a
JOIN users u ON u.id = a.id AND u.state = 'active'
JOIN publications p FORCE INDEX (ix_publications_author_id_id) ON p.author_id = a.id
ORDER BY p.id DESC LIMIT {{limit}}
""",
    True: f"""
SELECT p.id
FROM ({_AUTHORS}) AS a
CROSS JOIN users u ON u.id = a.id AND u.state = 'active'
CROSS JOIN publications p INDEXED BY ix_publications_author_id_id ON p.author_id = a.id
ORDER BY p.id DESC LIMIT {{limit}}
""",
}
_SCAN = {
    is_sqlite: f"""
SELECT p.id
FROM publications p {hint}
WHERE (p.author_id = {{reader}} OR EXISTS (
         SELECT 1 FROM follows f
         WHERE f.follower_id = {{reader}} AND f.followee_id = p.author_id))
  AND EXISTS (SELECT 1 FROM users u WHERE u.id = p.author_id AND u.state = 'active')
ORDER BY p.id DESC LIMIT {{limit}}
"""
    for is_sqlite, hint in ((False, "FORCE INDEX (PRIMARY)"), (True, "NOT INDEXED"))
}


class Baselines:
    """One connection of its own to the database."""

    def __init__(self, engine: Any, limit: int) -> None:
        self._is_sqlite = engine.dialect.name == "sqlite"
        self._raw = engine.raw_connection()
        self._limit = limit

    def close(self) -> None:
        self._raw.close()

    def composite(self, reader_id: int) -> list[Entry]:
        """One statement along the composite index (author_id, id), which covers its inner part."""
        return self._entries(self.composite_sql(reader_id))

    def scan(self, reader_id: int) -> list[Entry]:
        """One statement from the newest publication down: good for who follows very many."""
        return self._entries(self.scan_sql(reader_id))

    def per_followee(self, reader_id: int) -> list[Entry]:
        """One statement per person followed, and one for the page that comes of them."""
        authors = self._rows(_AUTHORS.format(reader=reader_id))
        ids: list[int] = []
        for (author_id,) in authors:
            ids += [
                row[0]
                for row in self._rows(
                    f"SELECT id FROM publications WHERE author_id = {author_id}"
                    f" ORDER BY id DESC LIMIT {self._limit}"
                )
            ]
        newest = sorted(ids, reverse=True)[: self._limit]
        top = " UNION ALL ".join(f"SELECT {number} AS id" for number in newest)
        return self._entries(_ENTRY.format(top=top)) if newest else []

    def composite_sql(self, reader_id: int) -> str:
        top = _COMPOSITE[self._is_sqlite].format(reader=reader_id, limit=self._limit)
        return _ENTRY.format(top=top)

    def scan_sql(self, reader_id: int) -> str:
        top = _SCAN[self._is_sqlite].format(reader=reader_id, limit=self._limit)
        return _ENTRY.format(top=top)

    def explain(self, statement: str) -> list[tuple[str, ...]]:
        """The database's plan, its column names first."""
        verb = "EXPLAIN QUERY PLAN" if self._is_sqlite else "EXPLAIN"
        cursor = self._raw.cursor()
        cursor.execute(f"{verb} {statement}")
        rows = [tuple("" if cell is None else str(cell) for cell in row) for row in cursor]
        return [tuple(column[0] for column in cursor.description), *rows]

    def _entries(self, statement: str) -> list[Entry]:
        return [row[:5] for row in self._rows(statement)]

    def _rows(self, statement: str) -> list[Any]:
        cursor = self._raw.cursor()
        cursor.execute(statement)
        found = list(cursor.fetchall())
        cursor.close()
        return found
