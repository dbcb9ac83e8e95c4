"""Blocks, mutes, requests to follow, and one's own followers."""
