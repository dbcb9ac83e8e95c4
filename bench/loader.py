"""Rows by the hundred thousand into SQLite and MariaDB."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.engine import Engine
from sqlalchemy.pool import NullPool

Row = tuple[Any, ...]


class Loader:
    """Bulk loading in the order of the primary key."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._is_sqlite = engine.dialect.name == "sqlite"
        # The application's own connections give up after half a minute.
        self._engine = engine if self._is_sqlite else create_engine(engine.url, poolclass=NullPool)
        self._folder = folder

    def load(self, table: str, columns: list[str], rows: Iterable[Row]) -> None:
        if self._is_sqlite:
            self._load_sqlite(table, columns, rows)
        else:
            self._load_mariadb(table, columns, rows)

    def analyze(self, *tables: str) -> None:
        with self._engine.connect() as connection:
            if self._is_sqlite:
                connection.exec_driver_sql("ANALYZE")
            else:
                connection.exec_driver_sql(f"ANALYZE TABLE {', '.join(tables)}")
            connection.commit()

    def _load_sqlite(self, table: str, columns: list[str], rows: Iterable[Row]) -> None:
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
        raw = self._engine.raw_connection()
        try:
            cursor = raw.cursor()
            cursor.execute("BEGIN IMMEDIATE")
            cursor.executemany(statement, rows)
            cursor.execute("COMMIT")
        finally:
            raw.close()

    def _load_mariadb(self, table: str, columns: list[str], rows: Iterable[Row]) -> None:
        path = self._folder / f"{table}.tsv"
        with path.open("w", encoding="utf-8") as file:
            file.writelines("\t".join(map(str, row)) + "\n" for row in rows)
        with self._engine.connect() as connection:
            connection.exec_driver_sql("SET SESSION unique_checks=0, foreign_key_checks=0")
            connection.exec_driver_sql(
                f"LOAD DATA INFILE '{path}' INTO TABLE {table} CHARACTER SET utf8mb4"
                f" ({', '.join(columns)})"
            )
            connection.commit()
            connection.exec_driver_sql("SET SESSION unique_checks=1, foreign_key_checks=1")
        path.unlink()
