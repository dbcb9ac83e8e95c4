"""Pages and pieces of messages."""
