"""The company as one file: its queues and its agents."""
