"""Which fixtures does every test have? A Postgres, a browser and stores, made on first use."""

pytest_plugins = [
    "tests.fixtures.postgres",
    "tests.fixtures.browser",
    "tests.fixtures.stores",
    "tests.fixtures.redis",
]
