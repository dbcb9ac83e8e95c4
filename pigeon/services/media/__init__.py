"""Pictures: `media` accepts, names and shows them; `processing` turns an upload into renditions.

What a picture is for is its `kind`. `owners` is the one table of kinds: who may see a picture of
each, and what follows when it is ready or failed. Features import `media` alone; `owners` imports
the features, and only jobs and views import `processing` and `owners`.
"""
