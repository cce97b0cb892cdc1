"""The tests. Cases of the checks lie in `checks/<check-id>/*.yaml`."""
