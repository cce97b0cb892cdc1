"""PURE. A verdict put into words for each reader: check run, comment, status, command line."""
