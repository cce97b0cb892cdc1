"""Policy files as they were last read, so that a review does not ask for them each time."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "policy_files",
        sa.Column("installation_id", sa.BigInteger, autoincrement=False),
        sa.Column("repository", sa.Text, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("found", JSONB),
        sa.Column("pushes", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("installation_id", "repository", "path", name="pk_policy_files"),
    )


def downgrade() -> None:
    op.drop_table("policy_files")
