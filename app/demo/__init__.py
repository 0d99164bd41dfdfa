"""The example company: a bank, its push provider, its agents, and the journey through it all."""
