"""One page's live socket: what is read, what is sent, and what ends it."""
