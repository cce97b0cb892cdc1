"""What tables say of models: prices and dates, read in at run time, kept when they vanish from their table."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INSTANT, NOW = sa.DateTime(timezone=True), sa.text("now()")


def upgrade() -> None:
    op.create_table(
        "model_facts",
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("entry", JSONB, nullable=False),
        sa.Column("present", sa.Boolean, nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("version", sa.Text),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("first_seen", INSTANT, nullable=False, server_default=NOW),
        sa.Column("last_seen", INSTANT, nullable=False, server_default=NOW),
        sa.PrimaryKeyConstraint("origin", "provider", "name", name="pk_model_facts"),
    )
    op.create_index("ix_model_facts_key", "model_facts", ["provider", "key"])


def downgrade() -> None:
    op.drop_table("model_facts")
