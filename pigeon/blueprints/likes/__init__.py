"""Likes of posts, comments and replies: pages and JSON."""
