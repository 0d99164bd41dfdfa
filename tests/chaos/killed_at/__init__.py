"""A server that is killed at one event of runs."""
