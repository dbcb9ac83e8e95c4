"""Notifications: as JSON, and as pages."""
