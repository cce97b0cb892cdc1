"""Cycles as the tests of the plan need them."""

from dataclasses import replace
from datetime import date
from typing import Any

from bot.lifecycle.plan import Standing

DUE = date(2026, 11, 25)  # a Wednesday

READY = Standing(
    cycle_id=7,
    adapter_id=3,
    adapter="ticket-router",
    due_on=DUE,
    owner="first-owner",
    backup="second-owner",
    leads=("acme/ml-leads",),
    managers=("acme/ml-platform",),
)


def standing(**changed: Any) -> Standing:
    """A quarterly cycle of an adapter with an owner, a backup, a lead and a team, with these fields changed."""
    return replace(READY, **changed)
