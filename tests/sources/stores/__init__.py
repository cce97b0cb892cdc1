"""The stores outside the repository, against servers on loopback."""
