"""The embedded engine: a transparent SRTP relay in a process of its own."""
