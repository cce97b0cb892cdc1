"""The job engine's own tables, types and functions, as procrastinate 3.10 brings them."""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    # to the driver and without parameters: the functions' bodies hold % and :, which nothing on the way may read
    op.get_bind().connection.driver_connection.execute(SchemaManager.get_schema())


def downgrade() -> None:
    raise NotImplementedError("restore a backup: jobs that wait would be lost")
