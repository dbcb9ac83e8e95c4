"""What `make structure` prints: how the code is built, in numbers a commit can be held to."""
