"""Posts of people whom a viewer does not follow: `explore` lists, by likes as `ranking` counts."""
