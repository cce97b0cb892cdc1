"""Do the migrations lead to the tables that the code expects, and leave the engine's alone?"""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import procrastinate
import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import NullPool, create_engine

from bot.settings import shipped
from bot.storage.migrate import current_revision, is_current, migrate, ours
from bot.storage.tables import metadata
from tests.database import plain

MIGRATIONS = shipped("migrations")
OUR_TRIGGER = "adapter_events_stay"
NewDatabase = Callable[[], str]

CATALOGUE = {
    "columns": """SELECT table_name, column_name, data_type, udt_name, column_default, is_nullable, is_identity
        FROM information_schema.columns WHERE table_schema = 'public'""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "constraints": """SELECT coalesce(nullif(conrelid, 0)::regclass::text, ''), conname, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "functions": """SELECT proname, pg_get_functiondef(oid) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'""",
    "triggers": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "enums": "SELECT enumtypid::regtype::text, enumlabel, enumsortorder FROM pg_enum",
}


def catalogue(url: str) -> dict[str, set[tuple[Any, ...]]]:
    """All that the database knows of the public schema, by kind."""
    with psycopg.connect(plain(url)) as link:
        return {kind: set(link.execute(query).fetchall()) for kind, query in CATALOGUE.items()}


def engines(rows: set[tuple[Any, ...]]) -> set[tuple[Any, ...]]:
    return {row for row in rows if str(row[0]).startswith("procrastinate_")}


def differences(url: str) -> list[Any]:
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours})
        return list(compare_metadata(context, metadata))


def scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


def test_alembic_finds_nothing_to_add_to_an_upgraded_database(new_database: NewDatabase) -> None:
    url = new_database()
    migrate(url, MIGRATIONS)
    assert differences(url) == []


def test_alembic_would_find_what_is_missing(new_database: NewDatabase) -> None:
    url = new_database()
    migrate(url, MIGRATIONS)
    with psycopg.connect(plain(url)) as link:
        link.execute("DROP INDEX ix_reviews_head")
        link.execute("ALTER TABLE procrastinate_jobs ADD COLUMN nobodys_business text")
    assert [found[0] for found in differences(url)] == ["add_index"]


def test_our_tables_are_to_the_letter_those_that_the_code_describes(new_database: NewDatabase) -> None:
    migrated, described = new_database(), new_database()
    migrate(migrated, MIGRATIONS)
    engine = create_engine(described, poolclass=NullPool)
    with engine.begin() as connection:
        metadata.create_all(connection)
    seen, wanted = catalogue(migrated), catalogue(described)
    for kind in ("columns", "indexes", "constraints"):
        assert wanted[kind]
        assert {row for row in seen[kind] - engines(seen[kind]) if row[0] != "alembic_version"} == wanted[kind]


def test_the_engines_tables_types_and_functions_are_those_of_the_installed_procrastinate(
    new_database: NewDatabase,
) -> None:
    migrated, fresh = new_database(), new_database()
    migrate(migrated, MIGRATIONS)
    app = procrastinate.App(connector=procrastinate.SyncPsycopgConnector(conninfo=plain(fresh)))
    with app.open():
        app.schema_manager.apply_schema()
    seen, wanted = catalogue(migrated), catalogue(fresh)
    for kind in CATALOGUE:
        assert wanted[kind]
        assert engines(seen[kind]) == engines(wanted[kind])
    assert {name for name, _ in seen["functions"] - wanted["functions"]} == {"audit_is_append_only", OUR_TRIGGER}
    assert {name for name, _ in seen["triggers"] - wanted["triggers"]} == {"audit_append_only", OUR_TRIGGER}


def test_the_revision_is_known_before_and_after(new_database: NewDatabase) -> None:
    url = new_database()
    assert current_revision(url) is None
    assert not is_current(url, MIGRATIONS)
    migrate(url, MIGRATIONS)
    assert is_current(url, MIGRATIONS)


def test_revisions_follow_one_another() -> None:
    chain = list(scripts().walk_revisions())
    assert [step.down_revision for step in chain] == [*(step.revision for step in chain[1:]), None]
    assert len(list((MIGRATIONS / "versions").glob("*.py"))) == len(chain)


def test_a_second_migration_changes_nothing(new_database: NewDatabase) -> None:
    url = new_database()
    migrate(url, MIGRATIONS)
    before = catalogue(url)
    migrate(url, MIGRATIONS)
    assert catalogue(url) == before


def test_a_revision_that_fails_leaves_the_database_as_it_was(new_database: NewDatabase, tmp_path: Path) -> None:
    url = new_database()
    folder = tmp_path / "100% ours"
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "9999_broken.py").write_text(
        "from alembic import op\n"
        "revision = '9999'\n"
        f"down_revision = {scripts().get_current_head()!r}\n"
        "def upgrade():\n"
        "    op.execute('SELECT * FROM no_such_table')\n"
    )
    with pytest.raises(Exception, match="no_such_table"):
        migrate(url, folder)
    assert current_revision(url) is None
    assert not any(catalogue(url).values())


def test_processes_that_migrate_at_once_wait_for_each_other(new_database: NewDatabase) -> None:
    url = new_database()
    code = (
        "import sys, pathlib; from bot.storage.migrate import migrate; migrate(sys.argv[1], pathlib.Path(sys.argv[2]))"
    )
    racing = [
        subprocess.Popen([sys.executable, "-c", code, url, str(MIGRATIONS)], stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    said = [process.communicate(timeout=60)[1] for process in racing]
    assert [process.returncode for process in racing] == [0, 0, 0], said
    assert is_current(url, MIGRATIONS)
