"""Pictures: `media` names, stores and shows them; `uploads` inspects and keeps what was sent, and
`processing` turns it into renditions.

What a picture is for is its `kind`. `owners` is the one table of kinds: who may see a picture of
each, and what follows when it is ready or failed. Features import `media` alone, who reads requests
`uploads` too; `owners` imports the features, and only jobs and views import `processing` and
`owners`.
"""
