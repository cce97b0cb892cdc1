"""Readers of training configs."""
