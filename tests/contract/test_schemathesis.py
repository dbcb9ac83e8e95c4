"""Requests that the OpenAPI document allows, and some that it does not, at random: nothing breaks.

Hypothesis draws them from the document, always the same ones; answers are held against it.
"""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.contract.world import World
from tests.harness.context import apart

CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
]
ENDS_THE_ACCOUNT = "DELETE /me"
bounded = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.filterwarnings("default")
def test_no_request_breaks_a_call(world: World, app: Flask, token_client: Any) -> None:
    headers = {"Authorization": f"Bearer {token_client(world.ann).token}"}
    schema = apart(schemathesis.openapi.from_wsgi, "/api/v1/openapi.json", app)
    operations = [result.ok() for result in schema.get_all_operations()]
    operations.sort(key=lambda operation: operation.method.upper() == "DELETE")
    told = world.talked() | world.told() | world.searched()
    tried = 0
    for operation in operations:
        if operation.label == ENDS_THE_ACCOUNT:
            continue
        for strategy in _strategies(operation, world.names | told):
            apart(_try_out, strategy, headers)
            tried += 1
    assert tried >= 90


def _strategies(operation: Any, known_names: dict[str, Any]) -> list[Any]:
    """Sound requests about things that exist, sound ones about anything, and unsound ones."""
    names = known_names | {"post_id": known_names["mine"], "image_id": "1"}
    placeholders = [parameter.name for parameter in operation.path_parameters]
    known = {"path_parameters": {name: str(names[name]) for name in placeholders}}
    found = [operation.as_strategy()]
    if placeholders:
        found.append(operation.as_strategy(**known))
    if operation.body or operation.query:
        about = known if placeholders else {}
        found.append(operation.as_strategy(generation_mode=GenerationMode.NEGATIVE, **about))
    return found


def _try_out(strategy: Any, headers: dict[str, str]) -> None:
    @bounded
    @given(case=strategy)
    def attempt(case: Any) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS)

    attempt()
