"""What may a proposal say of who answers for the adapter?"""

from bot.readiness.schema.parts import Day, Link, Login, MaybeLink, Period, Section, Team, Text


class DriftChecks(Section):
    """What watches for drift: paths, not words."""

    data: MaybeLink | None = None
    base_model: MaybeLink | None = None
    eval: MaybeLink | None = None


class Retune(Section):
    """When the adapter is to be trained anew."""

    cadence: Period | None = None
    triggers: tuple[Text, ...] = ()


class Owner(Section):
    """Who answers for the adapter, until when, and how."""

    primary: Login | None = None
    backup: Login | None = None
    team: Team | None = None
    until: Day | None = None
    revalidate_every: Period | None = None
    rollback: Link | None = None
    drift_checks: DriftChecks | None = None
    retune: Retune | None = None
    migration_plan: Link | None = None
