"""Experiments that were reviewed, by team."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "experiments",
        sa.Column("repo_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("team", sa.Text, nullable=False),
        sa.Column("opened_on", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("repo_id", "number", "path", name="pk_experiments"),
    )
    op.create_index("ix_experiments_team", "experiments", ["team", "opened_on"])


def downgrade() -> None:
    op.drop_table("experiments")
