"""Stories: published, read, seen, answered, deleted."""
