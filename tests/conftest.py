"""Which fixtures does every test have? Those of the database, and the look at what was sent to GitHub."""

from hypothesis import settings

pytest_plugins = ["tests.database", "tests.peers.recorder"]

# an example's time says nothing on a machine that does other work too
settings.register_profile("house", deadline=None)
settings.load_profile("house")
