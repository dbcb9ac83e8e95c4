"""Finding: people by what their handle or name holds (people), hashtags (tags)."""
