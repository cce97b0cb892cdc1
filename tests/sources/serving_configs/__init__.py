"""Readers of serving configs."""
