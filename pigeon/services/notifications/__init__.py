"""Notifications: what happened is told to whom it concerns, once.

An event becomes one content row (`contents`), told to its `recipients` in batches
(`announcements`, `delivery`) or gathered in a group (`groups`). A reader sees `notifications`,
made of `cards`, in the words of `wording`; `counts` says how many wait. `frames` are what sockets
are sent, `collectors` what is deleted when it is old.
"""
