"""Which fixtures does every test have? Those of the database, and the look at what was sent to GitHub."""

pytest_plugins = ["tests.database", "tests.peers.recorder"]
