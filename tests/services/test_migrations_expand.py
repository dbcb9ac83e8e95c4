"""A migration only adds: the release before works on, on the schema of this one.

See docs/decisions/0100-migrations-expand-first.md.
"""

from __future__ import annotations

from pathlib import Path

import flask_migrate
from flask import Flask

from tests.harness import revisions

BEFORE_THE_LAW = ("0001", "0002", "0003")


def changed(table: str, what: str) -> str:
    return f"with op.batch_alter_table('{table}') as batch:\n    batch.alter_column({what})"


WRONG = {
    "a table dropped": "op.drop_table('invites')",
    "a table renamed": "op.rename_table('identities', 'logins')",
    "a column dropped": "op.drop_column('outbox', 'progress')",
    "a column dropped in SQL": "op.execute('ALTER TABLE outbox DROP COLUMN last_error')",
    "a column renamed": "op.execute('ALTER TABLE posts RENAME COLUMN caption TO words')",
    "a demand": """\
op.add_column('follows', sa.Column('why', sa.String(9), nullable=False, server_default='x'))
with op.batch_alter_table('follows') as batch:
    batch.alter_column('why', server_default=None, existing_type=sa.String(9))""",
    "less room": changed("comments", "'text', type_=sa.String(99)"),
    "another kind": changed("media", "'alt', type_=sa.Integer()"),
    "no NULL": changed("users", "'link', existing_type=sa.String(200), nullable=False"),
    "a rule": "op.create_index('uq_media_owner_id', 'media', ['owner_id'], unique=True)",
}
WRONG_ON_SQLITE = {
    "a table made anew": """\
with op.batch_alter_table('users') as batch:
    batch.alter_column('bio', type_=sa.String(300), existing_type=sa.String(150))""",
    "a table made anew for one more column": """\
with op.batch_alter_table('users') as batch:
    batch.add_column(sa.Column('pet', sa.String(9), server_default=sa.text("'dove'")))""",
}
RIGHT = """\
op.create_table('doves', sa.Column('id', sa.Integer(), primary_key=True))
op.add_column('users', sa.Column('motto', sa.String(9), nullable=False, server_default=''))
op.add_column('posts', sa.Column('seen_at', sa.DateTime(), nullable=True))
op.create_index('ix_posts_seen_at', 'posts', ['seen_at'])
if op.get_context().dialect.name != 'sqlite':
    op.alter_column('users', 'bio', type_=sa.String(300), existing_type=sa.String(150),
                    existing_nullable=False)
"""
DECLARED = """\
contracts = "0003"
"""
DROPS = "op.drop_column('outbox', 'progress')"


def sample_faults(place: Path, body: str, *, header: str = "") -> list[str]:
    """Of a revision that does `body`; the next one is again the first after the newest."""
    newest = revisions.in_order()[-1].revision
    folder = revisions.with_sample(place, body, header=header)
    found = revisions.faults(revisions.in_order(folder)[-1], folder=folder)
    flask_migrate.stamp(directory=str(folder), revision=newest)
    return found


def test_the_release_before_can_live_with_every_revision(new_app: Flask) -> None:
    revisions.upgrade(BEFORE_THE_LAW[-1])
    later = [one for one in revisions.in_order() if one.revision not in BEFORE_THE_LAW]
    found = {one.revision: revisions.faults(one) for one in later}
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_what_a_revision_ends_an_earlier_one_began() -> None:
    known: list[str] = []
    for one in revisions.in_order():
        assert getattr(one.module, "contracts", None) in (None, *known)
        known.append(one.revision)


def test_the_law_sees_what_takes_something_away(
    new_app: Flask, database: str, tmp_path: Path
) -> None:
    revisions.upgrade()
    wrong = WRONG | (WRONG_ON_SQLITE if database == "sqlite" else {})
    seen = {name for name, body in wrong.items() if sample_faults(tmp_path / name, body)}
    assert seen == set(wrong)


def test_the_law_lets_pass_what_only_adds(new_app: Flask, database: str, tmp_path: Path) -> None:
    revisions.upgrade()
    assert sample_faults(tmp_path / "right", RIGHT) == []
    for name, body in WRONG_ON_SQLITE.items() if database == "mariadb" else ():
        assert sample_faults(tmp_path / name, body) == []


def test_what_was_declared_may_go_but_not_on_sqlite(
    new_app: Flask, database: str, tmp_path: Path
) -> None:
    revisions.upgrade()
    found = sample_faults(tmp_path, DROPS, header=DECLARED)
    assert bool(found) == (database == "sqlite")
