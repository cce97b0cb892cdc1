"""What GitHub was asked for a review, with its ids of the requests; deliveries are found by their pull request."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reviews", sa.Column("calls", JSONB))
    # what became of a pull request's deliveries is asked at each of its reviews
    op.create_index("ix_deliveries_pull", "deliveries", ["repo_id", "number", "id"])


def downgrade() -> None:
    op.drop_index("ix_deliveries_pull", "deliveries")
    op.drop_column("reviews", "calls")
