"""Each test here runs on every kind of store."""

from tests.fixtures.stores import (  # noqa: F401  fixtures
    migrated_postgres_url,
    migrated_sqlite_url,
    postgres_template,
    rung,
    sqlite_template,
    store,
)
