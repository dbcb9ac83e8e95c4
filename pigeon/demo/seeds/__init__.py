"""Fills an empty site with the demo: `community`, what it says in `discussions`, `notifications`."""
