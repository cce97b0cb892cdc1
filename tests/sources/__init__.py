"""Tests of the room `bot/sources`."""
