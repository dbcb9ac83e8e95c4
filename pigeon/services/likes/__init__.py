"""Likes: `likes` writes them through the journal, `likers` names who liked."""
