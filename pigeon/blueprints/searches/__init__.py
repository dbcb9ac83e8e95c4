"""Searches: what is found, and what is suggested while typing."""
