"""Operator commands: `flask users|demo|timelines|messages|media|jobs|writeback|searches …`."""

from __future__ import annotations

from flask import Flask

from pigeon.cli.config import config
from pigeon.cli.demo import demo
from pigeon.cli.jobs import jobs
from pigeon.cli.media import media
from pigeon.cli.messages import messages
from pigeon.cli.searches import searches
from pigeon.cli.timelines import timelines
from pigeon.cli.users import users
from pigeon.cli.writebacks import writeback

COMMANDS = (users, demo, timelines, messages, media, searches, jobs, writeback, config)


def bind(app: Flask) -> None:
    for command in COMMANDS:
        app.cli.add_command(command)
