"""What GitHub was asked for a review, with its ids of the requests; and the policy under which reviews were made."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reviews", sa.Column("calls", JSONB))
    op.create_table(
        "policies",
        sa.Column("sha256", sa.Text),
        sa.Column("policy", JSONB, nullable=False),
        sa.Column("first_used_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        sa.PrimaryKeyConstraint("sha256", name="pk_policies"),
    )
    # what became of a pull request's deliveries is asked at each of its reviews
    op.create_index("ix_deliveries_pull", "deliveries", ["repo_id", "number", "id"])


def downgrade() -> None:
    op.drop_index("ix_deliveries_pull", "deliveries")
    op.drop_table("policies")
    op.drop_column("reviews", "calls")
