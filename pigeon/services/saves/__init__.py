"""Posts that people keep for themselves: `saved` knows which of a page, `saves` sets and lists."""
