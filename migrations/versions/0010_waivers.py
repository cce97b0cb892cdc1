"""Waivers: soft findings that are let pass until a day, and how each came to its end."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "waivers",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("repo_id", sa.BigInteger, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("check_id", sa.Text, nullable=False),
        sa.Column("until", sa.Date, nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("bound", postgresql.JSONB, nullable=False),
        sa.Column("asked", postgresql.JSONB, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("requested_by", sa.Text, nullable=False),
        sa.Column("requester_id", sa.BigInteger, nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("role", sa.Text),
        sa.Column("approved_by", sa.Text),
        sa.Column("approver_id", sa.BigInteger),
        sa.Column("approved_at", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("why", sa.Text, nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name="pk_waivers"),
        sa.UniqueConstraint("reference", "path", "check_id", name="uq_waivers_reference_path_check_id"),
        sa.CheckConstraint(
            "state IN ('requested', 'approved', 'withdrawn', 'expired', 'lapsed')", name=op.f("ck_waivers_state")
        ),
        sa.CheckConstraint(
            "state <> 'approved' OR (approver_id IS NOT NULL AND approver_id <> requester_id)",
            name=op.f("ck_waivers_four_eyes"),
        ),
    )
    op.create_index("ix_waivers_pull", "waivers", ["repo_id", "number", "id"])
    live = sa.text("state IN ('requested', 'approved')")
    op.create_index("ix_waivers_live", "waivers", ["ends_at"], postgresql_where=live)


def downgrade() -> None:
    op.drop_table("waivers")
