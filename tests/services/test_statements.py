from __future__ import annotations

import pytest
from sqlalchemy import select

from pigeon.extensions import db
from pigeon.models import PostLike
from pigeon.services import statements
from tests.factories import make_post, make_user

pytestmark = pytest.mark.usefixtures("app")
AT = "'2024-01-05 00:00:00.000000'"
COLUMNS = ("post_id", "user_id", "created_at")


@pytest.mark.parametrize("text", ["p12", "it's", "100 %", "%s :name ?", "back\\slash", "비둘기"])
def test_a_literal_is_read_back_as_it_was(text: str) -> None:
    assert statements.run(f"SELECT {statements.quoted(text)}").scalar_one() == text


def test_rows_beyond_one_statement_are_inserted_and_those_that_are_there_are_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(statements, "ROWS_AT_ONCE", 2)
    post, people = make_post(), [make_user().id for _ in range(5)]
    rows = [f"({post.id},{person},{AT})" for person in people]
    db.session.rollback()
    db.session.connection(execution_options={"write": True})
    statements.insert(PostLike, COLUMNS, rows[:1])
    statements.insert(PostLike, COLUMNS, rows, ignoring=True)
    statements.insert(PostLike, COLUMNS, [])
    db.session.commit()
    assert sorted(db.session.scalars(select(PostLike.user_id))) == people
