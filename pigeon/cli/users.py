"""`flask users …`: accounts, tokens and invitations."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from pigeon.cli.refusals import get_user_id, refuse
from pigeon.domain.errors import DomainError, NotFound
from pigeon.domain.sessions import Caller
from pigeon.extensions import settings
from pigeon.services.accounts import invites, sessions, signups
from pigeon.services.accounts import links as accounts_links
from pigeon.services.users import suspensions

users = AppGroup("users", help="Accounts, tokens and invitations.")


@users.command("create")
@click.argument("username")
@click.option("--email", required=True)
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True)
@click.option("--display-name", default="")
@click.option("--confirmed", is_flag=True, help="Without a mailed link.")
@click.option("--role", type=click.Choice(["user", "moderator", "admin"]), default="user")
@click.option("--language", type=click.Choice(["ko", "en"]), default="en")
def create_user(
    username: str,
    email: str,
    password: str,
    display_name: str,
    confirmed: bool,
    role: str,
    language: str,
) -> None:
    """Make an account."""
    try:
        if confirmed:
            signups.create(
                username=username,
                email=email,
                password=password,
                display_name=display_name,
                role=role,
                language=language,
            )
        else:
            form = signups.SignUp(
                email=email,
                username=username,
                display_name=display_name or username,
                password=password,
                language=language,
            )
            signups.sign_up(form, caller=Caller())
    except DomainError as error:
        refuse(error)
    click.echo(f"{username} was made." if confirmed else f"A link was mailed to {email}.")


@users.command("token")
@click.argument("username")
def create_token(username: str) -> None:
    """Print a new personal access token, and nothing else."""
    click.echo(sessions.create_token(get_user_id(username)))


@users.command("suspend")
@click.argument("username")
def suspend_user(username: str) -> None:
    """End a person's sessions and hide what they posted, until `unsuspend`."""
    _set_suspended(username, on=True)
    click.echo(f"{username} is suspended.")


@users.command("unsuspend")
@click.argument("username")
def unsuspend_user(username: str) -> None:
    """Let a suspended person log in again, and show what they posted."""
    _set_suspended(username, on=False)
    click.echo(f"{username} is not suspended any more.")


def _set_suspended(username: str, *, on: bool) -> None:
    change = suspensions.suspend if on else suspensions.unsuspend
    try:
        change(suspensions.get_id(username))
    except NotFound as error:
        raise click.ClickException(f"nobody is called {username}") from error


@users.command("confirm")
@click.argument("login")
def confirm_user(login: str) -> None:
    """Confirm a sign-up whose mail did not arrive; LOGIN is its e-mail address or username."""
    try:
        accounts_links.confirm_pending(login)
    except DomainError as error:
        refuse(error)
    click.echo(f"{login} is confirmed.")


@users.command("invite")
@click.option("--uses", type=click.IntRange(1, 10_000), default=1)
@click.option("--days", type=click.IntRange(1, 365), default=7)
def create_invite(uses: int, days: int) -> None:
    """Print a link for new people."""
    token = invites.create(uses=uses, days=days)
    click.echo(f"{settings().public_url}/signup?invite={token}")
