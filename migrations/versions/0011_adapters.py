"""Adapters after the merge: their cycles, conditions and events, and the messages that are owed about them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0007"
branch_labels = None
depends_on = None

_STAGES = ("proposed", "approved", "registered", "serving", "withdrawn", "expired", "rolled_back", "retired")
_REASONS = (
    "registration",
    "scheduled",
    "remedy",
    "base_retiring",
    "drift",
    "incident",
    "owner_changed",
    "policy_changed",
    "manual",
)
_OUTCOMES = ("passed", "passed_on_condition", "failed", "superseded")
_CONDITIONS = (
    "orphaned",
    "backup_missing",
    "base_retiring",
    "base_retired",
    "base_unknown",
    "not_retrainable",
    "evidence_stale",
    "evidence_failed",
    "cost_over_estimate",
    "serving_unverified",
    "proposal_missing",
    "data_pending",
)
_STATES = ("planned", "sending", "sent", "superseded", "failed", "dead")
_OPEN = sa.text("closed_on IS NULL")


def upgrade() -> None:
    op.create_table(
        "adapters",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("repository", sa.Text, nullable=False),
        sa.Column("path", sa.Text),
        sa.Column("repo_id", sa.BigInteger),
        sa.Column("installation_id", sa.BigInteger),
        sa.Column("number", sa.Integer),
        sa.Column("merge_sha", sa.Text),
        sa.Column("review_id", sa.Uuid),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("owner_id", sa.BigInteger),
        sa.Column("backup", sa.Text),
        sa.Column("backup_id", sa.BigInteger),
        sa.Column("team", sa.Text),
        sa.Column("leads", JSONB, nullable=False),
        sa.Column("base_model", sa.Text),
        sa.Column("provider", sa.Text),
        sa.Column("every", sa.Text, nullable=False),
        sa.Column("until", sa.Date),
        sa.Column("time_zone", sa.Text, nullable=False),
        sa.Column("evidence", JSONB, nullable=False),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("anchor", sa.Date),
        sa.Column("artifact", sa.Text),
        sa.Column("digest", sa.Text),
        sa.Column("version", sa.Integer, nullable=False),
        _instant("updated_at"),
        sa.PrimaryKeyConstraint("id", name="pk_adapters"),
        sa.UniqueConstraint("account", "name", name="uq_adapters_account_name"),
        sa.ForeignKeyConstraint(
            ["review_id"], ["reviews.id"], name="fk_adapters_review_id_reviews", ondelete="SET NULL"
        ),
        _one_of("adapters", "stage", _STAGES),
    )
    op.create_index("ix_adapters_repo", "adapters", ["repo_id", "path"])
    op.create_table(
        "cycles",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("adapter_id", sa.BigInteger, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("opened_on", sa.Date, nullable=False),
        sa.Column("grid_on", sa.Date, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("told", sa.Integer),
        sa.Column("labelled", sa.Integer),
        sa.Column("acknowledged_until", sa.Date),
        sa.Column("snoozed_until", sa.Date),
        sa.Column("snoozes", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("waived_until", sa.Date),
        sa.Column("evidence_pull", sa.Integer),
        sa.Column("outcome", sa.Text),
        sa.Column("closed_on", sa.Date),
        sa.PrimaryKeyConstraint("id", name="pk_cycles"),
        sa.UniqueConstraint("adapter_id", "number", name="uq_cycles_adapter_id_number"),
        _of_adapter("cycles"),
        _one_of("cycles", "reason", _REASONS),
        _one_of("cycles", "outcome", _OUTCOMES),
        sa.CheckConstraint("(outcome IS NULL) = (closed_on IS NULL)", name=op.f("ck_cycles_closed")),
    )
    op.create_index("ix_cycles_open", "cycles", ["adapter_id"], unique=True, postgresql_where=_OPEN)
    op.create_index("ix_cycles_due", "cycles", ["due_on"], postgresql_where=_OPEN)
    op.create_table(
        "adapter_conditions",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("adapter_id", sa.BigInteger, nullable=False),
        sa.Column("condition", sa.Text, nullable=False),
        sa.Column("opened_on", sa.Date, nullable=False),
        sa.Column("closed_on", sa.Date),
        sa.Column("retires_on", sa.Date),
        sa.Column("note", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_adapter_conditions"),
        _of_adapter("adapter_conditions"),
        _one_of("adapter_conditions", "condition", _CONDITIONS),
    )
    op.create_index(
        "ix_adapter_conditions_open",
        "adapter_conditions",
        ["adapter_id", "condition"],
        unique=True,
        postgresql_where=_OPEN,
    )
    op.create_table(
        "adapter_events",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("adapter_id", sa.BigInteger, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("before", sa.Text),
        sa.Column("after", sa.Text, nullable=False),
        sa.Column("on", sa.Date, nullable=False),
        _instant("at"),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("by_id", sa.BigInteger),
        sa.Column("proof", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_adapter_events"),
        sa.UniqueConstraint("adapter_id", "version", name="uq_adapter_events_adapter_id_version"),
        _of_adapter("adapter_events"),
    )
    op.execute(
        """CREATE FUNCTION adapter_events_stay() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'what happened to an adapter is never changed'; END $$"""
    )
    op.execute(
        """CREATE TRIGGER adapter_events_stay BEFORE UPDATE ON adapter_events
        FOR EACH ROW EXECUTE FUNCTION adapter_events_stay()"""
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("adapter_id", sa.BigInteger),
        sa.Column("cycle_id", sa.BigInteger),
        sa.Column("rung", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("message", JSONB, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        _instant("planned_at"),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True)),
        sa.Column("attempts", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("first_tried_at", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("external_id", sa.Text),
        sa.Column("last_error", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
        _of_adapter("outbox"),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name="fk_outbox_cycle_id_cycles", ondelete="CASCADE"),
        _one_of("outbox", "state", _STATES),
        sa.CheckConstraint("(state = 'sending') = (lease_until IS NOT NULL)", name=op.f("ck_outbox_lease")),
    )
    op.create_index(
        "ix_outbox_waiting", "outbox", ["not_before"], postgresql_where=sa.text("state IN ('planned', 'failed')")
    )
    op.create_index("ix_outbox_lease", "outbox", ["lease_until"], postgresql_where=sa.text("state = 'sending'"))
    op.create_index("ix_outbox_cycle", "outbox", ["cycle_id", "state"])


def downgrade() -> None:
    op.drop_table("outbox")
    op.drop_table("adapter_events")
    op.execute("DROP FUNCTION adapter_events_stay()")
    op.drop_table("adapter_conditions")
    op.drop_table("cycles")
    op.drop_table("adapters")


def _instant(name: str) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()"))


def _of_adapter(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_adapter_id_adapters"
    return sa.ForeignKeyConstraint(["adapter_id"], ["adapters.id"], name=name, ondelete="CASCADE")


def _one_of(table: str, column: str, words: "tuple[str, ...]") -> sa.CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{table}_{column}"))
