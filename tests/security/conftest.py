"""Everything here may ask for a running company."""

from tests.fixtures.company import (  # noqa: F401  fixtures and the hook that goes with them
    company,
    ines,
    maya,
    pytest_collection_modifyitems,
    server,
)
from tests.fixtures.stores import (  # noqa: F401  fixtures
    migrated_postgres_url,
    migrated_sqlite_url,
    postgres_template,
    sqlite_template,
)
