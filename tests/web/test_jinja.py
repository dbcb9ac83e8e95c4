from __future__ import annotations

import pytest
from flask import Flask

from pigeon.domain import limits
from pigeon.domain.users import UserRef
from pigeon.web import jinja
from tests.harness import costs

ANN = UserRef(id="1", username="ann", display_name="Ann", avatar_url=None)


@pytest.mark.parametrize("kind", costs.PIECES)
def test_a_page_of_texts_costs_what_it_is_long(app: Flask, kind: str) -> None:
    """Twenty comments in one page were three seconds once."""
    short, long = (
        costs.text_of(costs.PIECES[kind], n) for n in (limits.COMMENT, 4 * limits.COMMENT)
    )

    def allowed_s(tries: int) -> float:
        return 6 * costs.cpu_s(lambda: jinja.rich(short, [ANN]), tries) + 0.003

    assert costs.within(lambda: jinja.rich(long, [ANN]), allowed_s)[0]
