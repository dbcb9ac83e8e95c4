"""Posts: `changes` makes, edits, retries and deletes them; `posts` is what a viewer sees of them.

`cards` are free of the viewer and cached. `checks` says what a post may hold. `publishing` shows it
once its `pictures` are ready; `publications` is the order of what was shown, which
timelines are made of. `erasing` removes what hangs on a deleted post.
"""
