"""ENTRY. HTTP in: GitHub's webhooks, the page of a review, health."""
