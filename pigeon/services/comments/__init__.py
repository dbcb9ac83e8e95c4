"""What is said under posts: `changes` writes it, `comments` is what a viewer sees of it.

`cards` are free of the viewer and cached, `checks` says what a text may be, `erasing` removes what
a person who left has said.
"""
