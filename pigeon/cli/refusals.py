"""What commands share: how they refuse, and whom they mean."""

from __future__ import annotations

from typing import NoReturn

import click

from pigeon.domain.errors import DomainError, FieldsRefused
from pigeon.services.users import users


def refuse(error: DomainError) -> NoReturn:
    """One line on standard error, exit code 1."""
    faults = error.fields if isinstance(error, FieldsRefused) else {}
    reasons = ", ".join(f"{name}: {fault.code}" for name, fault in faults.items())
    raise click.ClickException(reasons or error.code)


def get_user_id(username: str) -> int:
    try:
        return users.get_card(username, None).id
    except DomainError as error:
        refuse(error)
