"""Bells: which log has something new."""
