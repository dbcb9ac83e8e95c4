"""Stories as HTML and as bodies: what a request holds, and what pages show."""
