"""Saved posts: bookmarks without scripts, and JSON."""
