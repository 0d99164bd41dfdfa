"""How does a clone become a running Warmline? `python3 -m tools COMMAND` is what make calls."""
