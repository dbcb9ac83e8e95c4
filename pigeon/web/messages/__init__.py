"""Messages as pages, calls and sockets need them."""
