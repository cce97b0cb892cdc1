"""PURE. Is the running cost estimated, and does the gain justify it?"""
