"""What is kept? The tables as they are after the last revision in `migrations/`."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


def _instant(name: str) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=False, server_default=func.now())


deliveries = Table(
    "deliveries",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("guid", Text, nullable=False, unique=True),
    Column("event", Text, nullable=False),
    Column("action", Text),
    Column("installation_id", BigInteger),
    Column("repo_id", BigInteger),
    Column("number", Integer),
    _instant("received_at"),
    Column("state", Text, nullable=False),
    Column("note", Text),
    CheckConstraint("state IN ('accepted', 'ignored', 'done', 'failed')", name="state"),
    Index("ix_deliveries_pull", "repo_id", "number", "id"),
)

installations = Table(
    "installations",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # GitHub's
    Column("account", Text, nullable=False),
    Column("account_id", BigInteger, nullable=False),
    Column("suspended", Boolean, nullable=False),
    _instant("updated_at"),
)

repositories = Table(
    "repositories",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # GitHub's
    Column("installation_id", ForeignKey("installations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("full_name", Text, nullable=False),
    Column("private", Boolean, nullable=False),
    _instant("updated_at"),
)

reviews = Table(
    "reviews",
    metadata,
    Column("id", Uuid, primary_key=True),  # random, and part of an address that only its readers shall know
    Column("position", BigInteger, Identity(always=True), nullable=False),  # order, whatever the clock did
    Column("repo_id", BigInteger, nullable=False),
    Column("number", Integer, nullable=False),
    Column("head_sha", Text, nullable=False),
    Column("base_sha", Text, nullable=False),
    Column("policy_sha256", Text, nullable=False),
    Column("bot_version", Text, nullable=False),
    Column("format", Integer, nullable=False),
    Column("decision", Text, nullable=False),
    Column("dossier", JSONB, nullable=False),
    Column("verdict", JSONB, nullable=False),
    _instant("created_at"),
    Column("answer_state", Text, nullable=False),
    Column("calls", JSONB),  # to the forge, for this review; none where it was not published
    UniqueConstraint("repo_id", "number", "id"),  # what a publication refers to: a review of its own pull request
    CheckConstraint("answer_state IN ('owed', 'given', 'superseded')", name="answer_state"),
    Index("ix_reviews_latest", "repo_id", "number", "position"),
    Index("ix_reviews_head", "repo_id", "head_sha"),
    # at most one answer is owed for a pull request
    Index("ix_reviews_owed", "repo_id", "number", unique=True, postgresql_where=text("answer_state = 'owed'")),
)

# conclusions about evidence, by a digest of what they were drawn from: never a text of it
facts = Table(
    "facts",
    metadata,
    Column("repo_id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Text, primary_key=True),
    Column("fact", JSONB, nullable=False),
    _instant("drawn_at"),
)

# what people asked for on pull requests; its words stay on GitHub
commands = Table(
    "commands",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("reference", Text, nullable=False, unique=True),
    Column("repo_id", BigInteger, nullable=False),
    Column("number", Integer, nullable=False),
    Column("author", Text, nullable=False),
    Column("author_id", BigInteger, nullable=False),
    Column("asked", Text),  # digest of what was heard; of a button none
    _instant("given_at"),
    Column("state", Text, nullable=False),
    Column("note", Text),
    CheckConstraint("state IN ('waiting', 'done', 'refused')", name="state"),
    Index("ix_commands_pull", "repo_id", "number", "id"),
)

# commits of forks of which somebody who may write said that their links may be followed with logins
ok_to_check = Table(
    "ok_to_check",
    metadata,
    Column("repo_id", BigInteger, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("head_sha", Text, primary_key=True),
    Column("author", Text, nullable=False),
    Column("author_id", BigInteger, nullable=False),
    Column("reference", Text, nullable=False),
    _instant("given_at"),
)

# digests of training files that were reviewed, and what the newest review of each came to
training_files = Table(
    "training_files",
    metadata,
    Column("repo_id", BigInteger, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("path", Text, primary_key=True),
    Column("sha256", Text, primary_key=True),
    Column("adapter", Text, nullable=False),
    Column("decision", Text, nullable=False),
    _instant("reviewed_at"),
    Index("ix_training_files_sha256", "sha256"),
)

# what tables say of models, one row a name: a date that was seen once stays, whether or not the entry does
model_facts = Table(
    "model_facts",
    metadata,
    Column(
        "origin", Text, primary_key=True
    ),  # "own": the operator's file; else the published table that it was read from
    Column("provider", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("key", Text, nullable=False),  # the name without the organisation, in one spelling
    Column("entry", JSONB, nullable=False),
    Column("present", Boolean, nullable=False),  # in the table as it was read last
    Column("as_of", Date, nullable=False),
    Column("version", Text),
    Column("sha256", Text, nullable=False),
    _instant("first_seen"),
    _instant("last_seen"),
    Index("ix_model_facts_key", "provider", "key"),
)

# what people decided and which policies came into force; the database lets nobody change a row (`storage.audit_chain`)
audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # without gaps: a sequence leaves them
    Column("at", DateTime(timezone=True), nullable=False),
    Column("action", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("actor_id", BigInteger),
    Column("repo_id", BigInteger),
    Column("number", Integer),
    Column("subject", Text, nullable=False),
    Column("detail", JSONB, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Index("ix_audit_at", "at"),
    Index("ix_audit_pull", "repo_id", "number", "id"),
)

# policy files as they were last read on a default branch; `found` null: never
policy_files = Table(
    "policy_files",
    metadata,
    Column("installation_id", BigInteger, primary_key=True, autoincrement=False),
    Column("repository", Text, primary_key=True),  # owner/name in lower case
    Column("path", Text, primary_key=True),
    Column("found", JSONB(none_as_null=True)),
    Column(
        "pushes", BigInteger, nullable=False
    ),  # that we heard of: what was asked for before one is not kept after it
)

publications = Table(
    "publications",
    metadata,
    Column("repo_id", BigInteger, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, primary_key=True),
    Column("target", Text, primary_key=True),  # head commit, or '' for what belongs to the whole pull request
    Column("remote_id", BigInteger),
    Column("body_hash", Text, nullable=False),
    Column("review_id", Uuid),
    _instant("updated_at"),
    ForeignKeyConstraint(
        ["repo_id", "number", "review_id"],
        ["reviews.repo_id", "reviews.number", "reviews.id"],
        name="fk_publications_review",
    ),
    CheckConstraint("kind IN ('check_run', 'sticky_comment', 'review_comments', 'status', 'reply')", name="kind"),
)
