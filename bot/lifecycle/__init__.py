"""PURE. What happens to an adapter after the merge? Stages, cycles, dates, and who is to be reminded of what."""
