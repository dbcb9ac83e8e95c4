"""Finding: people by what their handle or name holds (people), and hashtags (tags).

People are found by keys: `keying` writes them with names, `statements` reads them, `ranking` walks
through them in the order in which people are shown.

What somebody searched for is theirs alone: what they do with it is `history`, where it is kept is
`entries`, rows under a sorted set. Nothing here answers one person with another one's words.
"""
