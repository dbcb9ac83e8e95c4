"""Who keeps away from whom: `blocks` and `mutes` change it; two caches say what follows from it.

`apart` is, for one person, whom they do not meet and whose things they do not want. `standings`
is, for everybody alike, whose things are for all, for followers only, or for nobody. The rules of
`services.access` are made of both.
"""
