"""Does the service see a table of models that was read into its database, and keep what it saw with the verdict?"""

from datetime import UTC, datetime, timedelta

from bot.readiness.model_facts import ModelEntry
from bot.readiness.model_table import ModelsRead
from bot.storage.database import Database
from bot.storage.model_facts import ModelFactsKept
from tests.end_to_end.conftest import Team


def test_a_base_that_a_table_sees_end_is_not_tuned_on(team: Team, database_url: str) -> None:
    today = datetime.now(UTC).date()
    ends = today + timedelta(days=30)
    entry = ModelEntry(
        provider="together",
        match=("meta-llama/Llama-3.1-8B-Instruct",),
        servable_until=ends,
        replacement="acme/base-9b",
        source="a notice of the host",
    )
    database = Database(database_url, connections=1)
    ModelFactsKept(database).refresh(ModelsRead("own", None, "1" * 64, today, (entry,)))
    database.close()
    sample, files = team.example("ready")
    path = f"{sample.folder}/finetune-proposal.yaml"
    unplanned = "".join(line for line in files[path].splitlines(keepends=True) if "migration_plan" not in line)
    pull = team.open({**files, path: unplanned})
    run = team.answer(pull)
    assert run.conclusion == "failure"
    told = [a.message for a in run.annotations if a.level == "failure"]
    assert any(f"served until {ends}" in message and "acme/base-9b" in message for message in told), told
    stored = team.service.ledger.latest(pull.repo.id, pull.number)
    assert stored is not None
    facts = stored.dossier["proposals"][path]["evidence"]["models"]["training.base_model"]
    assert facts["value"]["servable_until"] == ends.isoformat()
    assert facts["source"]["uri"] == "a notice of the host"
