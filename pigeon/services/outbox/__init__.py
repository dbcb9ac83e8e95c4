"""Jobs that are stored with the change that they follow from: `outbox`.

`claimants` tells which process works on one, `figures` what waits and what was given up.
"""
