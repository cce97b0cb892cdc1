"""Deliveries, installations and their repositories, reviews, and what was written to GitHub."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
NOW = sa.text("now()")


def upgrade() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", sa.BigInteger),
        sa.Column("guid", sa.Text, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("action", sa.Text),
        sa.Column("installation_id", sa.BigInteger),
        sa.Column("repo_id", sa.BigInteger),
        sa.Column("number", sa.Integer),
        sa.Column("received_at", INSTANT, nullable=False, server_default=NOW),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("note", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint("guid", name="uq_deliveries_guid"),
        sa.CheckConstraint("state IN ('accepted', 'ignored', 'done', 'failed')", name=op.f("ck_deliveries_state")),
    )
    op.create_table(
        "installations",
        sa.Column("id", sa.BigInteger, autoincrement=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("account_id", sa.BigInteger, nullable=False),
        sa.Column("suspended", sa.Boolean, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False, server_default=NOW),
        sa.PrimaryKeyConstraint("id", name="pk_installations"),
    )
    op.create_table(
        "repositories",
        sa.Column("id", sa.BigInteger, autoincrement=False),
        sa.Column("installation_id", sa.BigInteger, nullable=False),
        sa.Column("full_name", sa.Text, nullable=False),
        sa.Column("private", sa.Boolean, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False, server_default=NOW),
        sa.PrimaryKeyConstraint("id", name="pk_repositories"),
        sa.ForeignKeyConstraint(
            ["installation_id"],
            ["installations.id"],
            name="fk_repositories_installation_id_installations",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_repositories_installation_id", "repositories", ["installation_id"])
    op.create_table(
        "reviews",
        sa.Column("id", sa.Uuid),
        sa.Column("position", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("repo_id", sa.BigInteger, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("head_sha", sa.Text, nullable=False),
        sa.Column("base_sha", sa.Text, nullable=False),
        sa.Column("policy_sha256", sa.Text, nullable=False),
        sa.Column("bot_version", sa.Text, nullable=False),
        sa.Column("format", sa.Integer, nullable=False),
        sa.Column("decision", sa.Text, nullable=False),
        sa.Column("dossier", JSONB, nullable=False),
        sa.Column("verdict", JSONB, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False, server_default=NOW),
        sa.Column("answer_state", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reviews"),
        sa.UniqueConstraint("repo_id", "number", "id", name="uq_reviews_repo_id_number_id"),
        sa.CheckConstraint("answer_state IN ('owed', 'given', 'superseded')", name=op.f("ck_reviews_answer_state")),
    )
    op.create_index("ix_reviews_latest", "reviews", ["repo_id", "number", "position"])
    op.create_index("ix_reviews_head", "reviews", ["repo_id", "head_sha"])
    op.create_index(
        "ix_reviews_owed",
        "reviews",
        ["repo_id", "number"],
        unique=True,
        postgresql_where=sa.text("answer_state = 'owed'"),
    )
    op.create_table(
        "publications",
        sa.Column("repo_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("remote_id", sa.BigInteger),
        sa.Column("body_hash", sa.Text, nullable=False),
        sa.Column("review_id", sa.Uuid),
        sa.Column("updated_at", INSTANT, nullable=False, server_default=NOW),
        sa.PrimaryKeyConstraint("repo_id", "number", "kind", "target", name="pk_publications"),
        sa.ForeignKeyConstraint(
            ["repo_id", "number", "review_id"],
            ["reviews.repo_id", "reviews.number", "reviews.id"],
            name="fk_publications_review",
        ),
        sa.CheckConstraint(
            "kind IN ('check_run', 'sticky_comment', 'review_comments', 'status')", name=op.f("ck_publications_kind")
        ),
    )


def downgrade() -> None:
    for table in ("publications", "reviews", "repositories", "installations", "deliveries"):
        op.drop_table(table)
