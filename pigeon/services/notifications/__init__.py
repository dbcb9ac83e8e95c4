"""Notifications: people are notified once of what concerns them.

Each kind is a `Source` in a module of `sources/`, which also announces it. An event becomes one
content row (`contents`), delivered to its `recipients` in batches (`delivery`) or gathered in a
group (`groups`). A reader sees `notifications`, made of `cards`, in the words of `wording`;
`counts` says how many wait. `frames` are pushed to sockets, `collectors` deletes what is old.
"""
