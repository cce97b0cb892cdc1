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

from bot.lifecycle.conditions import Condition
from bot.lifecycle.stages import Outcome, Reason, Stage

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

# soft findings that are let pass until a day; a row ends once, and the audit log keeps every step
waivers = Table(
    "waivers",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("repo_id", BigInteger, nullable=False),
    Column("number", Integer, nullable=False),
    Column("path", Text, nullable=False),
    Column("check_id", Text, nullable=False),
    Column("until", Date, nullable=False),
    Column("ends_at", DateTime(timezone=True), nullable=False),  # that day's end, where the policy has it
    Column("reason", Text, nullable=False),
    Column("bound", JSONB, nullable=False),
    Column("asked", JSONB, nullable=False),
    Column("reference", Text, nullable=False),  # the comment that asks for it
    Column("requested_by", Text, nullable=False),
    Column("requester_id", BigInteger, nullable=False),
    _instant("requested_at"),
    Column("state", Text, nullable=False),
    Column("role", Text),
    Column("approved_by", Text),
    Column("approver_id", BigInteger),
    Column("approved_at", DateTime(timezone=True)),
    Column("ended_at", DateTime(timezone=True)),
    Column("why", Text, nullable=False, server_default=""),
    UniqueConstraint("reference", "path", "check_id"),
    CheckConstraint("state IN ('requested', 'approved', 'withdrawn', 'expired', 'lapsed')", name="state"),
    CheckConstraint(
        "state <> 'approved' OR (approver_id IS NOT NULL AND approver_id <> requester_id)", name="four_eyes"
    ),
    Index("ix_waivers_pull", "repo_id", "number", "id"),
    Index("ix_waivers_live", "ends_at", postgresql_where=text("state IN ('requested', 'approved')")),
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

# experiments that were reviewed, as the newest review of each pull request saw them
experiments = Table(
    "experiments",
    metadata,
    Column("repo_id", BigInteger, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("path", Text, primary_key=True),
    Column("team", Text, nullable=False),  # in lower case; without a team the owner's login
    Column("opened_on", Date, nullable=False),  # of the pull request
    Index("ix_experiments_team", "team", "opened_on"),
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

# pull requests that were looked at; `due_at`: when one is looked at again without a webhook, for what it is judged by changes
pulls = Table(
    "pulls",
    metadata,
    Column("repo_id", BigInteger, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("installation_id", BigInteger, nullable=False),
    Column("private", Boolean, nullable=False),  # its repository, as it was seen last
    Column("open", Boolean, nullable=False),
    Column("due_at", DateTime(timezone=True)),
    Index("ix_pulls_due", "due_at", postgresql_where=text("due_at IS NOT NULL")),
    Index("ix_pulls_installation", "installation_id", postgresql_where=text("open")),
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
    CheckConstraint(
        "kind IN ('check_run', 'sticky_comment', 'review_comments', 'status', 'reply', 'policy_run')", name="kind"
    ),
)

# adapters after the merge, one row a name in an account (the repository's owner, in lower case)
adapters = Table(
    "adapters",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("account", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("repository", Text, nullable=False),  # owner/name
    Column("path", Text),  # of the proposal; none where it was imported without one
    Column("repo_id", BigInteger),
    Column("installation_id", BigInteger),
    Column("number", Integer),  # the pull request that was merged
    Column("merge_sha", Text),
    Column("review_id", ForeignKey("reviews.id", ondelete="SET NULL")),
    Column("owner", Text, nullable=False),
    Column("owner_id", BigInteger),
    Column("backup", Text),
    Column("backup_id", BigInteger),
    Column("team", Text),
    Column("leads", JSONB, nullable=False),
    Column("base_model", Text),
    Column("provider", Text),
    Column("every", Text, nullable=False),
    Column("until", Date),
    Column("time_zone", Text, nullable=False),
    Column("evidence", JSONB, nullable=False),
    Column("stage", Text, nullable=False),
    Column("anchor", Date),  # from which deadlines count; none before it serves
    Column("artifact", Text),
    Column("digest", Text),
    Column("version", Integer, nullable=False),  # counts the changes, and guards the next one
    _instant("updated_at"),
    UniqueConstraint("account", "name"),
    CheckConstraint(f"stage IN ({', '.join(repr(stage.value) for stage in Stage)})", name="stage"),
    Index("ix_adapters_repo", "repo_id", "path"),
)

cycles = Table(
    "cycles",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("adapter_id", ForeignKey("adapters.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("grid_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("told", Integer),  # offset of the newest rung that was planned and is heard
    Column("labelled", Integer),  # and of the newest quiet one
    Column("acknowledged_until", Date),
    Column("snoozed_until", Date),
    Column("snoozes", Integer, nullable=False, server_default=text("0")),
    Column("waived_until", Date),
    Column("evidence_pull", Integer),  # the pull request with evidence, while it is open
    Column("outcome", Text),
    Column("closed_on", Date),
    UniqueConstraint("adapter_id", "number"),
    CheckConstraint(f"reason IN ({', '.join(repr(reason.value) for reason in Reason)})", name="reason"),
    CheckConstraint(f"outcome IN ({', '.join(repr(outcome.value) for outcome in Outcome)})", name="outcome"),
    CheckConstraint("(outcome IS NULL) = (closed_on IS NULL)", name="closed"),
    # at most one cycle is open for an adapter
    Index("ix_cycles_open", "adapter_id", unique=True, postgresql_where=text("closed_on IS NULL")),
    Index("ix_cycles_due", "due_on", postgresql_where=text("closed_on IS NULL")),
)

adapter_conditions = Table(
    "adapter_conditions",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("adapter_id", ForeignKey("adapters.id", ondelete="CASCADE"), nullable=False),
    Column("condition", Text, nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("closed_on", Date),
    Column("retires_on", Date),  # of the base model, where the condition speaks of one
    Column("note", Text),
    CheckConstraint(f"condition IN ({', '.join(repr(one.value) for one in Condition)})", name="condition"),
    Index(
        "ix_adapter_conditions_open",
        "adapter_id",
        "condition",
        unique=True,
        postgresql_where=text("closed_on IS NULL"),
    ),
)

# what happened to an adapter, one row a change; nothing is ever changed in it (a trigger holds that)
adapter_events = Table(
    "adapter_events",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("adapter_id", ForeignKey("adapters.id", ondelete="CASCADE"), nullable=False),
    Column("version", Integer, nullable=False),  # of the adapter, after it
    Column("event", Text, nullable=False),
    Column("before", Text),
    Column("after", Text, nullable=False),
    Column("on", Date, nullable=False),  # in the policy's time zone
    _instant("at"),
    Column("by", Text, nullable=False),
    Column("by_id", BigInteger),
    Column("proof", JSONB, nullable=False),
    UniqueConstraint("adapter_id", "version"),
)

# what is to be told, each once: `key` names a message for good, on every channel
outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("adapter_id", ForeignKey("adapters.id", ondelete="CASCADE")),
    Column("cycle_id", ForeignKey("cycles.id", ondelete="CASCADE")),  # none: a digest
    Column("rung", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("message", JSONB, nullable=False),
    Column("state", Text, nullable=False),
    _instant("planned_at"),
    Column("not_before", DateTime(timezone=True), nullable=False),
    Column("lease_until", DateTime(timezone=True)),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("first_tried_at", DateTime(timezone=True)),
    Column("ended_at", DateTime(timezone=True)),
    Column("external_id", Text),
    Column("last_error", Text),
    CheckConstraint("state IN ('planned', 'sending', 'sent', 'superseded', 'failed', 'dead')", name="state"),
    CheckConstraint("(state = 'sending') = (lease_until IS NOT NULL)", name="lease"),
    Index("ix_outbox_waiting", "not_before", postgresql_where=text("state IN ('planned', 'failed')")),
    Index("ix_outbox_lease", "lease_until", postgresql_where=text("state = 'sending'")),
    Index("ix_outbox_cycle", "cycle_id", "state"),
)
