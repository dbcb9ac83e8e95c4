"""Finding: people by what their handle or name holds (people), and hashtags (tags).

What somebody searched for is theirs alone: what they do with it is `history`, where it is kept is
`entries`, rows under a sorted set. Nothing here answers one person with another one's words.
"""
