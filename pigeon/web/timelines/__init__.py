"""The home page: `home` is its frame, `feed` joins the cards with what depends on the reader."""
