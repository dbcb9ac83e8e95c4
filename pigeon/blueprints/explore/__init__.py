"""Posts to discover: a page with a tab for each list, and JSON."""
