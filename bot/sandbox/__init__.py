"""EDGE. A local GitHub over HTTP, for the demo and the tests; it imports nothing of the bot."""
