"""The seven tables of docs/v1-v2.md: what each mechanism gains over the plain way."""

from bench.tables import caches, chat, notifications, password, posting, structures, timeline

TABLES = (
    caches.TABLE,
    structures.TABLE,
    timeline.TABLE,
    chat.TABLE,
    notifications.TABLE,
    posting.TABLE,
    password.TABLE,
)
"""In the order of the page."""
