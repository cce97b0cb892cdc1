"""Who is reminded of what, and has it arrived? Plan what is owed, then send it: each message once, none lost.

Planning and sending are two steps with the outbox between them. Any number of processes may do either at once, and any of them
may die anywhere: what was planned is sent by another, who looks first whether it has arrived.
"""

from bot.reminding.planning import Planned, Planner
from bot.reminding.sending import Sender, Sent
from bot.reminding.wants import Letters, Matter, Outbox, Registry

__all__ = ["Letters", "Matter", "Outbox", "Planned", "Planner", "Registry", "Sender", "Sent"]
