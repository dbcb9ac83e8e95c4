"""Write-back: what is written often is acknowledged in Redis and stored by one `flusher`.

`kinds` is the table of what is written back, `pairs` the kind of entry that likes are: somebody
does or does not. `parking` keeps what this release cannot read, `fences` what SQL says is stored.
"""
