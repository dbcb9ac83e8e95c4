"""Notifications at the edge of HTTP: their list, their sentences, the badge."""
