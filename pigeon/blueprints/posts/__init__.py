"""Posts: create, show, edit, delete."""
