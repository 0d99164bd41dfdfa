"""Which fixtures does every test have? A Postgres and a browser, real ones, made on first use."""

pytest_plugins = ["tests.fixtures.postgres", "tests.fixtures.browser"]
