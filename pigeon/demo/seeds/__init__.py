"""Fills an empty site: the `community`, its `discussions`, `messages` and `notifications`."""
