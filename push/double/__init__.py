"""A push provider on real sockets, for tests and the demo."""
