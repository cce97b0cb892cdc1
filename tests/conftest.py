"""Which fixtures does every test have? Those of the database."""

pytest_plugins = ["tests.database"]
