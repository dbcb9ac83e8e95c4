"""What somebody chose to be shown as; what others are shown as stands in chats and on profiles."""
