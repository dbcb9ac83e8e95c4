"""Comments and replies: pages and JSON."""
