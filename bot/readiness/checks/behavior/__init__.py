"""PURE. Is the failure about behavior, not missing knowledge?"""
