"""How the schema got here (Alembic)."""
