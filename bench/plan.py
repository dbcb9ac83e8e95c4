"""How large and how long a run is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Plan:
    """`rounds` are interleaved; seconds are per variant and round."""

    name: str
    database: str
    users: int
    follows: int
    posts: int
    pictured: int
    """How many of the newest posts have a picture."""
    sizes: tuple[int, ...]
    """Viewers exist who follow exactly so many people."""
    reference: int
    """The size of the row that has a goal."""
    rotating: int
    """Viewers of the reference size who take turns on the home page."""
    celebrities: int
    threshold: int
    fan_followers: int
    fan_posts: int
    big_followers: int
    rounds: int
    page_calls: int
    sql_calls: int
    drive_s: float
    calm_s: float
    samples: int
    idle_s: float
    photographs: int
    photograph_px: int
    slow_rounds: int
    likes: int
    """Per client and round, on one post."""
    mixed_s: float
    """So long 1,000 likes/s are spread over `liked_posts` posts."""
    liked_posts: int
    hot_s: float
    """So long one post takes 500 likes/s."""
    pairs: int
    """That the flusher stores per round."""
    recipients: tuple[int, ...]
    """Who hears of a post, for the time that its author waits."""
    batches: dict[int, int]
    """How many rows are written with which `NOTIFY_BATCH`."""
    live_likes: int
    written: int
    """Messages from one browser to another."""
    hostile_s: float
    """So long the site is attacked, and so long it is used as much."""
    hostile_doors: int
    """The site alone, or also the Procfile's processes behind nginx."""
    bus_messages: int
    """Per bus and round."""
    cost_cases: int | None
    """Of the texts and bodies that are refused; None for all of them."""
    history: int
    """Messages of the longest conversation."""
    messages: int
    """Of each sender and round."""
    across_messages: int
    """Per way and round, from one realtime process to another."""
    node: bool
    """Whether packages of Node are installed, which takes minutes."""
    idle_sockets: int
    returning: int
    """Clients whose process is killed."""
    online: int
    """People with a socket while the status of some is asked."""
    captions: int
    """Posts whose captions are searched."""
    searched: int
    """People who are added to be found."""
    smtp_s: tuple[float, ...]
    """So long the mail server takes for a mail."""
    pulled: tuple[int, ...]
    """So many authors of a reader are celebrities."""
    thresholds: tuple[int, ...]
    """From so many followers on somebody is one."""
    notify_workers: tuple[int, ...]
    dirty_s: int
    """So many seconds of likes are written back in two orders."""


FULL = Plan(
    name="full",
    database="mariadb",
    users=50_000,
    follows=1_500_000,
    posts=1_000_000,
    pictured=200_000,
    sizes=(10, 100, 1_000, 5_000),
    reference=1_000,
    rotating=40,
    celebrities=5,
    threshold=10_000,
    fan_followers=9_999,
    fan_posts=32,
    big_followers=100_000,
    rounds=7,
    page_calls=400,
    sql_calls=10,
    drive_s=4.0,
    calm_s=3.0,
    samples=150,
    idle_s=20.0,
    photographs=10,
    photograph_px=4_000,
    slow_rounds=5,
    likes=300,
    mixed_s=10.0,
    liked_posts=1_000,
    hot_s=60.0,
    pairs=20_000,
    recipients=(10, 100, 1_000, 10_000, 100_000),
    batches={1: 500, 10: 3_000, 100: 9_999, 1_000: 9_999, 2_000: 9_999, 10_000: 9_999},
    live_likes=60,
    written=100,
    hostile_s=60.0,
    hostile_doors=2,
    bus_messages=300,
    cost_cases=None,
    history=100_000,
    messages=50,
    across_messages=200,
    node=True,
    idle_sockets=3_000,
    returning=1_000,
    online=10_000,
    captions=1_000_000,
    searched=1_000_000,
    smtp_s=(0, 1, 5),
    pulled=(0, 1, 10, 100, 800),
    thresholds=(100, 1_000, 10_000, 100_000, 1_000_000),
    notify_workers=(1, 2, 4, 8),
    dirty_s=600,
)

QUICK = Plan(
    name="quick",
    database="sqlite",
    users=3_000,
    follows=60_000,
    posts=30_000,
    pictured=5_000,
    sizes=(10, 100, 1_000),
    reference=1_000,
    rotating=10,
    celebrities=2,
    threshold=1_800,
    fan_followers=1_500,
    fan_posts=16,
    big_followers=6_000,
    rounds=3,
    page_calls=60,
    sql_calls=3,
    drive_s=1.0,
    calm_s=0.6,
    samples=12,
    idle_s=3.0,
    photographs=4,
    photograph_px=1_200,
    slow_rounds=1,
    likes=60,
    mixed_s=3.0,
    liked_posts=200,
    hot_s=5.0,
    pairs=4_000,
    recipients=(10, 100, 1_000, 6_000),
    batches={1: 100, 10: 500, 100: 1_500, 1_000: 1_500, 10_000: 1_500},
    live_likes=15,
    written=30,
    hostile_s=6.0,
    hostile_doors=2,
    bus_messages=100,
    cost_cases=None,
    history=10_000,
    messages=20,
    across_messages=60,
    node=False,
    idle_sockets=500,
    returning=200,
    online=2_000,
    captions=30_000,
    searched=20_000,
    smtp_s=(0, 1),
    pulled=(0, 1, 10, 100, 800),
    thresholds=(100, 1_000, 10_000, 100_000),
    notify_workers=(1, 2, 4, 8),
    dirty_s=240,
)

TINY = Plan(
    name="tiny",
    database="sqlite",
    users=300,
    follows=3_000,
    posts=2_000,
    pictured=300,
    sizes=(5, 50),
    reference=50,
    rotating=3,
    celebrities=1,
    threshold=150,
    fan_followers=100,
    fan_posts=3,
    big_followers=250,
    rounds=1,
    page_calls=4,
    sql_calls=1,
    drive_s=0.3,
    calm_s=0.1,
    samples=3,
    idle_s=0.5,
    photographs=2,
    photograph_px=300,
    slow_rounds=1,
    likes=4,
    mixed_s=0.4,
    liked_posts=20,
    hot_s=0.5,
    pairs=100,
    recipients=(10, 100, 250),
    batches={1: 5, 10: 50, 1_000: 100},
    live_likes=2,
    written=2,
    hostile_s=1.0,
    hostile_doors=1,
    bus_messages=3,
    cost_cases=40,
    history=200,
    messages=3,
    across_messages=3,
    node=False,
    idle_sockets=20,
    returning=10,
    online=120,
    captions=500,
    searched=300,
    smtp_s=(0, 0.2),
    pulled=(0, 1, 10),
    thresholds=(100, 1_000),
    notify_workers=(1, 2),
    dirty_s=40,
)
