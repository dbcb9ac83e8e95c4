"""The migrations one by one: of the application, or with one more that a test makes up."""

from __future__ import annotations

import shutil
from pathlib import Path
from textwrap import indent

import flask_migrate
from alembic.script import Script, ScriptDirectory
from sqlalchemy import MetaData

from pigeon.extensions import db
from tests.harness.environment import ROOT
from tests.harness.filling import reflected
from tests.harness.schemas import contractions, tables_dropped

FOLDER = ROOT / "migrations"
SAMPLE = """\
import sqlalchemy as sa
from alembic import op

revision = "sample"
down_revision = {head!r}
{header}

def upgrade():
{body}
"""


def in_order(folder: Path = FOLDER) -> list[Script]:
    """From the first to the newest."""
    return list(reversed([*ScriptDirectory(str(folder)).walk_revisions()]))


def with_sample(place: Path, body: str, *, header: str = "") -> Path:
    """A copy of the migrations, and after the newest one that does `body`."""
    folder = place / "migrations"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    text = SAMPLE.format(head=in_order()[-1].revision, header=header, body=indent(body, "    "))
    (folder / "versions" / "sample.py").write_text(text)
    return folder


def upgrade(revision: str = "head", *, folder: Path = FOLDER) -> None:
    """The database of the application that is open, as `flask db upgrade` does it."""
    flask_migrate.upgrade(directory=str(folder), revision=revision)


def schema() -> MetaData:
    """The tables of the application that is open, as they are."""
    with db.engine.connect() as connection:
        return reflected(connection)


def faults(script: Script, *, folder: Path = FOLDER) -> list[str]:
    """Does one revision more, and says what of it the release before cannot live with.

    A revision that says `contracts = "0004"` ends what that one of an earlier release began; on
    SQLite nothing is ever taken away.
    """
    before = schema()
    with tables_dropped(db.engine) as dropped:
        upgrade(script.revision, folder=folder)
    if db.engine.dialect.name == "sqlite":
        return [*dropped, *contractions(before, schema())]
    declared = getattr(script.module, "contracts", None)
    return [] if declared else [*dropped, *contractions(before, schema())]
