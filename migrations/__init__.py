"""How the schema got here: one file per version, each runnable against the one still serving."""
