"""Files that people send: taken in piece by piece, looked into, kept outside the database."""
