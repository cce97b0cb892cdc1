"""Tests of the job engine: procrastinate's own workers on a real PostgreSQL."""
