"""PURE. Does someone own the adapter's life for twelve months and more?"""
