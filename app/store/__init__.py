"""SQL: tables and one module per port."""
