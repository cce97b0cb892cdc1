"""Pull requests that are open, and when each is looked at again without a webhook; the second check run of a policy's change."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_KINDS = "kind IN ('check_run', 'sticky_comment', 'review_comments', 'status', 'reply'{})"


def upgrade() -> None:
    op.create_table(
        "pulls",
        sa.Column("repo_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("installation_id", sa.BigInteger, nullable=False),
        sa.Column("private", sa.Boolean, nullable=False),
        sa.Column("open", sa.Boolean, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("repo_id", "number", name="pk_pulls"),
    )
    op.create_index("ix_pulls_due", "pulls", ["due_at"], postgresql_where=sa.text("due_at IS NOT NULL"))
    op.create_index("ix_pulls_installation", "pulls", ["installation_id"], postgresql_where=sa.text("open"))
    # whether they are still open is seen when they are looked at next
    op.execute(
        """INSERT INTO pulls (repo_id, number, installation_id, private, open)
        SELECT DISTINCT r.repo_id, r.number, k.installation_id, k.private, true
        FROM reviews r JOIN repositories k ON k.id = r.repo_id"""
    )
    op.drop_constraint(op.f("ck_publications_kind"), "publications")
    op.create_check_constraint(op.f("ck_publications_kind"), "publications", _KINDS.format(", 'policy_run'"))


def downgrade() -> None:
    op.execute("DELETE FROM publications WHERE kind = 'policy_run'")
    op.drop_constraint(op.f("ck_publications_kind"), "publications")
    op.create_check_constraint(op.f("ck_publications_kind"), "publications", _KINDS.format(""))
    op.drop_index("ix_pulls_installation", "pulls")
    op.drop_index("ix_pulls_due", "pulls")
    op.drop_table("pulls")
