"""What the text of a comment must be."""

from __future__ import annotations

import pytest
from flask import Flask

from pigeon.domain import limits
from pigeon.domain.errors import Invalid
from pigeon.models import IdempotencyKey
from pigeon.services.comments import changes as comments_changes
from tests.factories import make_comment, make_post, make_user
from tests.harness.discussions import listed, texts
from tests.harness.rows import count


@pytest.mark.parametrize(
    ("text", "code", "limit"),
    [
        ("", "required", None),
        (" \n\u200b ", "required", None),
        ("x" * (limits.COMMENT + 1), "too_long", limits.COMMENT),
        (" ".join(f"@user{n}" for n in range(limits.MENTIONS + 1)), "too_many", limits.MENTIONS),
        (" ".join(f"#tag{n}" for n in range(limits.TAGS + 1)), "too_many", limits.TAGS),
    ],
)
def test_a_text_that_does_not_fit_is_refused_and_nothing_stored(
    app: Flask, text: str, code: str, limit: int | None
) -> None:
    ann = make_user("ann")
    post = make_post(ann)
    kept = make_comment(post, ann, text="kept")
    for change in (
        lambda: comments_changes.create(post.id, by=ann.id, text=text, key="k"),
        lambda: comments_changes.create(post.id, by=ann.id, text=text, parent_id=kept.id),
        lambda: comments_changes.edit(kept.id, by=ann.id, text=text),
    ):
        with pytest.raises(Invalid) as refused:
            change()
        fault = refused.value.fields["text"]
        assert (set(refused.value.fields), fault.code, fault.limit) == ({"text"}, code, limit)
    assert texts(listed(post)) == ["kept"] and count(IdempotencyKey) == 0


def test_the_longest_text_fits(app: Flask) -> None:
    post = make_post()
    assert make_comment(post, text=" " + "🐦" * limits.COMMENT).text == "🐦" * limits.COMMENT
