"""Posts as HTML: `fragments` of cards are cached, `tallies` count below them."""
