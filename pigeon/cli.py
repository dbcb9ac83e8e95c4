"""Operator commands: `flask users|demo|timelines|media|jobs|writeback|config …`."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import NoReturn

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy import select

from pigeon.domain.errors import DomainError, FieldsRefused, NotFound
from pigeon.domain.sessions import Caller
from pigeon.extensions import db, settings
from pigeon.models import UserModel
from pigeon.services import access, collectors, readiness
from pigeon.services.accounts import invites, sessions, signups
from pigeon.services.accounts import links as accounts_links
from pigeon.services.outbox import figures as outbox_figures
from pigeon.services.timelines import timelines
from pigeon.services.users import suspensions, users
from pigeon.services.write_backs import flusher
from pigeon.version import VERSION

users_group = AppGroup("users", help="Accounts, tokens and invitations.")
timelines_group = AppGroup("timelines", help="Home timelines in Redis.")
media_group = AppGroup("media", help="Stored pictures.")
jobs_group = AppGroup("jobs", help="Jobs that failed for good.")
writeback_group = AppGroup("writeback", help="What is acknowledged and not in SQL yet.")
config_group = AppGroup("config", help="Effective settings.")


def bind(app: Flask) -> None:
    for group in (
        users_group,
        timelines_group,
        media_group,
        jobs_group,
        writeback_group,
        config_group,
    ):
        app.cli.add_command(group)
    app.cli.add_command(demo)


def refuse(error: DomainError) -> NoReturn:
    """One line on standard error, exit code 1."""
    faults = error.fields if isinstance(error, FieldsRefused) else {}
    reasons = ", ".join(f"{name}: {fault.code}" for name, fault in faults.items())
    raise click.ClickException(reasons or error.code)


@users_group.command("create")
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


@users_group.command("token")
@click.argument("username")
def create_token(username: str) -> None:
    """Print a new personal access token, and nothing else."""
    click.echo(sessions.create_token(_get_user_id(username)))


@users_group.command("suspend")
@click.argument("username")
def suspend_user(username: str) -> None:
    """End a person's sessions and hide what they posted, until `unsuspend`."""
    _set_suspended(username, on=True)
    click.echo(f"{username} is suspended.")


@users_group.command("unsuspend")
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


@users_group.command("confirm")
@click.argument("login")
def confirm_user(login: str) -> None:
    """Confirm a sign-up whose mail did not arrive; LOGIN is its e-mail address or username."""
    try:
        accounts_links.confirm_pending(login)
    except DomainError as error:
        refuse(error)
    click.echo(f"{login} is confirmed.")


@users_group.command("invite")
@click.option("--uses", type=click.IntRange(1, 10_000), default=1)
@click.option("--days", type=click.IntRange(1, 365), default=7)
def create_invite(uses: int, days: int) -> None:
    """Print a link for new people."""
    token = invites.create(uses=uses, days=days)
    click.echo(f"{settings().public_url}/signup?invite={token}")


@click.command("demo")
def demo() -> None:
    """Fill an empty development site with people, posts and pictures."""
    from pigeon.demo.seeds import community

    if settings().is_production:
        raise click.ClickException("There is no demo in production.")
    if (
        db.session.scalar(select(UserModel.id).limit(1)) is not None
        and not community.is_unfinished()
    ):
        click.echo("There are people here already: nothing was done.")
        return
    community.fill(click.echo)


@timelines_group.command("rebuild")
@click.argument("username", required=False)
@click.option("--all", "everybody", is_flag=True)
def rebuild_timelines(username: str | None, everybody: bool) -> None:
    """Forget timelines, so that each is made anew at its reader's next page."""
    ids = _reader_ids(username, everybody)
    for first in range(0, len(ids), 500):
        timelines.drop(*ids[first : first + 500])
    click.echo(f"{len(ids)} timelines will be rebuilt.")


@timelines_group.command("verify")
@click.argument("username", required=False)
@click.option("--all", "everybody", is_flag=True)
def verify_timelines(username: str | None, everybody: bool) -> None:
    """Compare timelines with their SQL definition; exit code 1 when one differs."""
    ids = _reader_ids(username, everybody)
    wrong = [user_id for user_id in ids if not timelines.verify(user_id)]
    click.echo(f"{len(ids)} timelines compared, {len(wrong)} differ.")
    if wrong:
        raise SystemExit(1)


@media_group.command("gc")
@click.option("--dry-run", is_flag=True)
@click.option("--hours", type=click.IntRange(0), default=24, help="Only objects that are older.")
def collect_media(dry_run: bool, hours: int) -> None:
    """Delete stored objects and originals that belong to nothing."""
    found = collectors.find_orphans(older_than=timedelta(hours=hours))
    if not dry_run:
        collectors.delete(found)
    verb = "would be deleted" if dry_run else "deleted"
    click.echo(f"{len(found.objects)} objects and {len(found.incoming)} originals {verb}.")


@media_group.command("verify")
def verify_media() -> None:
    """Look for pictures whose objects are missing; exit code 1 when there are."""
    found = collectors.find_orphans(older_than=timedelta(hours=24), check_missing=True)
    for name in found.missing:
        click.echo(name)
    click.echo(f"{len(found.missing)} objects are missing, {len(found.objects)} belong to nothing.")
    if found.missing:
        raise SystemExit(1)


@jobs_group.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_jobs(as_json: bool) -> None:
    """Jobs that failed five times."""
    dead = outbox_figures.list_dead()
    if as_json:
        click.echo(
            json.dumps([vars(job) | {"created_at": job.created_at.isoformat()} for job in dead])
        )
        return
    for job in dead:
        click.echo(
            f"{job.id}\t{job.queue}\t{job.job}\t{job.created_at:%Y-%m-%d %H:%M}\t{job.error}"
        )
    click.echo(f"{len(dead)} dead, {outbox_figures.pending()} pending.")
    if left := outbox_figures.unknown():
        click.echo(f"Pending until a worker of a newer release takes them: {left}.")


@jobs_group.command("retry")
@click.argument("job_id", type=int, required=False)
@click.option("--all", "everything", is_flag=True)
def retry_jobs(job_id: int | None, everything: bool) -> None:
    """Try a dead job, or all of them, again."""
    ids = [job.id for job in outbox_figures.list_dead()] if everything else [job_id or 0]
    try:
        for number in ids:
            outbox_figures.retry_dead(number)
    except DomainError as error:
        refuse(error)
    click.echo(f"{len(ids)} will be tried again.")


@writeback_group.command("status")
def show_write_back() -> None:
    """How much waits, and how long the oldest has."""
    try:
        found = flusher.status()
    except DomainError as error:
        refuse(error)
    for kind, pairs in found.waiting.items():
        click.echo(f"{kind}: {pairs} pairs")
    for kind, entries in found.parked.items():
        click.echo(f"parked: {entries} entries of kind {kind!r}, for a release that can read them")
    click.echo(f"journal: {found.entries} entries, the oldest {found.oldest_s:.1f} s old")


@writeback_group.command("flush")
@click.option("--within", default=60.0, help="Seconds to try for.")
def flush_write_back(within: float) -> None:
    """Bring everything that is acknowledged into SQL, and wait for it."""
    try:
        is_done = flusher.drain(within_s=within)
    except DomainError as error:
        refuse(error)
    if not is_done:
        raise click.ClickException("not everything was stored in time")
    click.echo("Everything is in SQL.")


@config_group.command("show")
def show_config() -> None:
    """Every setting with its value; secrets are masked."""
    click.echo(f"# PigeonStargram {VERSION}")
    for name, value in settings().shown().items():
        click.echo(f"{name.upper()}={value}")


@config_group.command("check")
def check_config() -> None:
    """Name everything that is unsafe or does not answer; exit code 1 when there is something."""
    found = [*settings().problems(), *readiness.problems(), *readiness.policy_problems()]
    for sentence in found:
        click.echo(f"- {sentence}")
    if found:
        raise SystemExit(1)
    click.echo("Everything is in order.")


def _get_user_id(username: str) -> int:
    try:
        return users.get_card(username, None).id
    except DomainError as error:
        refuse(error)


def _reader_ids(username: str | None, everybody: bool) -> list[int]:
    if everybody:
        return list(db.session.scalars(select(UserModel.id).where(access.users.is_active())))
    if not username:
        raise click.UsageError("Name a person, or give --all.")
    return [_get_user_id(username)]
