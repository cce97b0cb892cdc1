"""PURE. What does a case say? A proposal, what was found, and what is expected: the tests of checks and of policies."""
