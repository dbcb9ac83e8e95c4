"""Write-back: what is written often is acknowledged in Redis and stored by one `flusher`.

`pairs` is the kind of entry that likes are: somebody does or does not.
"""
