"""People to follow: ranked, named and dismissed (suggestions)."""
