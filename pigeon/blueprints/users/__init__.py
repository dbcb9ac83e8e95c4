"""People: profiles, lists, follow and bell."""
