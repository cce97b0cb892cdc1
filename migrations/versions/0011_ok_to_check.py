"""Commits of forks whose links may be followed with logins; what each command was when it was heard; digests of training files."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ok_to_check",
        sa.Column("repo_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("head_sha", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("author_id", sa.BigInteger, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        sa.PrimaryKeyConstraint("repo_id", "number", "head_sha", name="pk_ok_to_check"),
    )
    op.add_column("commands", sa.Column("asked", sa.Text))
    op.create_table(
        "training_files",
        sa.Column("repo_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("adapter", sa.Text, nullable=False),
        sa.Column("decision", sa.Text, nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        sa.PrimaryKeyConstraint("repo_id", "number", "path", "sha256", name="pk_training_files"),
    )
    op.create_index("ix_training_files_sha256", "training_files", ["sha256"])


def downgrade() -> None:
    op.drop_table("training_files")
    op.drop_column("commands", "asked")
    op.drop_table("ok_to_check")
