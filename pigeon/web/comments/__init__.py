"""Discussions as pages draw them."""
