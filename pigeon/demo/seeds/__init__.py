"""Fills an empty site: the `community`, what it says in `discussions`
and `messages`, and `notifications`."""
