"""Health, readiness, metrics, the manifest: for machines."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Gauge,
    generate_latest,
)

from pigeon.domain.errors import NotFound
from pigeon.extensions import settings
from pigeon.jobs import queues
from pigeon.metrics_files import FilesCollector
from pigeon.services import readiness
from pigeon.services.outbox import figures as outbox_figures
from pigeon.services.write_backs import flusher
from pigeon.version import VERSION
from pigeon.web.guards import ADMINS, ANYONE, access
from pigeon.web.static import FOLDER, static_url

LOOPBACK = ("127.0.0.1", "::1")


@access(ANYONE)
def healthz() -> ResponseReturnValue:
    """This process answers; it asks nobody else."""
    return Response("ok", mimetype="text/plain")


@access(ANYONE)
def readyz() -> ResponseReturnValue:
    """503 when pages cannot be answered; what only refuses something is named with 200."""
    report = readiness.report()
    body = json.dumps({"ready": report.is_ready, "problems": report.problems})
    return Response(body, 200 if report.is_ready else 503, mimetype="application/json")


@dataclass(frozen=True, kw_only=True)
class QueueFigures:
    name: str
    length: int
    oldest_s: float


@dataclass(frozen=True, kw_only=True)
class JobFigures:
    pending: int
    dead: int
    queues: list[QueueFigures]


@access(ADMINS)
def show() -> ResponseReturnValue:
    """The operator's page: how far write-back and jobs are behind."""
    backlog = flusher.find_status()
    return render_template("system/system.html", backlog=backlog, jobs=_job_figures())


def _job_figures() -> JobFigures:
    ages = outbox_figures.oldest_age_s()
    return JobFigures(
        pending=outbox_figures.pending(),
        dead=outbox_figures.dead(),
        queues=[
            QueueFigures(name=name, length=length, oldest_s=ages.get(name, 0.0))
            for name, length in queues.find_lengths().items()
        ],
    )


@access(ANYONE)
def metrics() -> ResponseReturnValue:
    if not _may_read_metrics():
        raise NotFound
    registry: CollectorRegistry = REGISTRY
    if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        registry.register(FilesCollector(Path(folder)))
    body = generate_latest(registry) + generate_latest(_gauges())
    return Response(body, content_type=CONTENT_TYPE_LATEST)


def _may_read_metrics() -> bool:
    token = settings().metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and secrets.compare_digest(given.encode(), token.encode()):
        return True
    return request.remote_addr in LOOPBACK and "X-Forwarded-For" not in request.headers


def _gauges() -> CollectorRegistry:
    """What is asked for at the moment of reading; what cannot be asked has no figure."""
    registry = CollectorRegistry()
    build = Gauge("pigeon_build_info", "The release that answers", ["version"], registry=registry)
    build.labels(VERSION).set(1)
    pending = Gauge("pigeon_outbox_pending", "Jobs promised, not done", registry=None)
    jobs = Gauge("pigeon_queue_jobs", "Jobs waiting", ["queue"], registry=registry)
    oldest = Gauge(
        "pigeon_queue_oldest_seconds", "Age of the oldest job", ["queue"], registry=registry
    )
    waiting = Gauge("pigeon_writeback_pending", "Pairs not in SQL yet", ["kind"], registry=registry)
    age = Gauge("pigeon_writeback_oldest_seconds", "Age of the oldest pair", registry=None)
    figures = outbox_figures.find_figures()
    if figures is not None:
        pending.set(figures.pending)
        registry.register(pending)
    parked = Gauge("pigeon_writeback_parked", "Entries parked", ["kind"], registry=registry)
    if backlog := flusher.find_status():
        registry.register(age)
        age.set(backlog.oldest_s)
        for kind, pairs in backlog.waiting.items():
            waiting.labels(kind).set(pairs)
        for kind, entries in backlog.parked.items():
            parked.labels(kind).set(entries)
    for name, length in queues.find_lengths().items():
        jobs.labels(name).set(length)
        if figures is not None:
            oldest.labels(name).set(figures.oldest_s.get(name, 0))
    return registry


@access(ANYONE)
def manifest() -> ResponseReturnValue:
    """The web app manifest, with this site's name."""
    icons = [
        {"src": static_url(f"img/{name}"), "sizes": size, "type": "image/png", "purpose": purpose}
        for name, size, purpose in (
            ("icon-192.png", "192x192", "any"),
            ("icon-512.png", "512x512", "any"),
            ("icon-maskable-512.png", "512x512", "maskable"),
        )
        if (FOLDER / "img" / name).is_file()
    ]
    name = settings().site_name
    body = {
        "name": name,
        "short_name": name,
        "start_url": "/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#0b7a75",
        "icons": icons,
    }
    return Response(json.dumps(body), mimetype="application/manifest+json")


@access(ANYONE)
def favicon() -> ResponseReturnValue:
    return Response((FOLDER / "img" / "icon-32.png").read_bytes(), mimetype="image/png")


@access(ANYONE)
def robots() -> ResponseReturnValue:
    rule = "Allow: /" if settings().public_reading else "Disallow: /"
    return Response(f"User-agent: *\n{rule}\n", mimetype="text/plain")
