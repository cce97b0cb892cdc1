"""Commands that people give on pull requests, and the replies to them."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_KINDS = "kind IN ('check_run', 'sticky_comment', 'review_comments', 'status'{})"


def upgrade() -> None:
    op.create_table(
        "commands",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("repo_id", sa.BigInteger, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("author_id", sa.BigInteger, nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("note", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_commands"),
        sa.UniqueConstraint("reference", name="uq_commands_reference"),
        sa.CheckConstraint("state IN ('waiting', 'done', 'refused')", name=op.f("ck_commands_state")),
    )
    op.create_index("ix_commands_pull", "commands", ["repo_id", "number", "id"])
    op.drop_constraint(op.f("ck_publications_kind"), "publications")
    op.create_check_constraint(op.f("ck_publications_kind"), "publications", _KINDS.format(", 'reply'"))


def downgrade() -> None:
    op.execute("DELETE FROM publications WHERE kind = 'reply'")
    op.drop_constraint(op.f("ck_publications_kind"), "publications")
    op.create_check_constraint(op.f("ck_publications_kind"), "publications", _KINDS.format(""))
    op.drop_index("ix_commands_pull", "commands")
    op.drop_table("commands")
