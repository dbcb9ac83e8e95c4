from __future__ import annotations

import pytest

from tests.factories import Commented, Person, Posted, make_comment, make_post


@pytest.fixture
def post(ann: Person) -> Posted:
    return make_post(ann)


@pytest.fixture
def comment(post: Posted, bob: Person) -> Commented:
    return make_comment(post, bob, text="first")
