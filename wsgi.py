"""The application for gunicorn and flask; `PIGEON_ROLE` says which kind of process this is.

Sockets are served by gevent, which must patch before anything else is imported.
"""

import os

ROLE = os.environ.get("PIGEON_ROLE", "web")

if ROLE == "realtime":
    from gevent import monkey

    if not monkey.is_module_patched("socket"):
        monkey.patch_all()

from pigeon import create_app  # noqa: E402

app = create_app(ROLE)
