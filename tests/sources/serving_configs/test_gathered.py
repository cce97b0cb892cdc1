"""Is the linked serving config gathered, also by a process of its own, and remembered as it was?"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec
import pytest

from bot import wiring
from bot.readiness import proposal
from bot.readiness.evidence import Evidence
from bot.readiness.fact import Grade, Known, Source, Trouble, Unavailable
from bot.readiness.serving_config import ServingConfig
from bot.report.record import record, restore
from bot.sources import serving_configs
from bot.sources.gather import Gatherer
from bot.sources.reader import InThisProcess
from bot.sources.reading_process import ReadingProcesses
from bot.sources.reading_wire import Answer
from bot.wiring.offline import working_tree
from tests.sources.serving_configs.samples import SAMPLES, VLLM_SCRIPT


def test_configs_survive_the_pipe_and_the_memory() -> None:
    for _, text, _ in SAMPLES.values():
        config = serving_configs.read(text.encode())
        sent = msgspec.msgpack.encode(Answer(serving=config))
        assert msgspec.msgpack.decode(sent, type=Answer).serving == config
        assert msgspec.convert(msgspec.to_builtins(config), ServingConfig) == config


def test_the_reader_never_raises() -> None:
    found = InThisProcess().small("serving_config", b"steps: 3\n")
    assert isinstance(found, Unavailable)
    assert found.trouble is Trouble.NOT_SUPPORTED


@pytest.fixture(scope="module")
def processes() -> Iterator[ReadingProcesses]:
    started = ReadingProcesses(1)
    yield started
    started.close()


def test_a_process_of_its_own_reads_the_same(processes: ReadingProcesses) -> None:
    raw = VLLM_SCRIPT.encode()
    assert processes.small("serving_config", raw) == serving_configs.read(raw)


def gathered(folder: Path, config: str, processes: ReadingProcesses) -> Evidence:
    """Gather a proposal in `tickets/` of a repository, with a serving config in `tickets/deploy/`."""
    (folder / "tickets/deploy").mkdir(parents=True)
    (folder / "tickets/deploy/serve.sh").write_text(config)
    text = (
        "version: 1\nadapter: router\ntraining: {method: sft, provider: together}\nserving: {config: deploy/serve.sh}\n"
    )
    reading = proposal.read(text.encode(), opened_on=date(2026, 11, 25))
    assert reading.proposal is not None
    assert not reading.problems
    gatherer = Gatherer(processes, platforms=wiring.platforms())
    return gatherer.gather(reading.proposal, "tickets/finetune-proposal.yaml", working_tree(folder))


def test_a_proposal_is_gathered_with_its_config_and_its_provider(tmp_path: Path, processes: ReadingProcesses) -> None:
    found = gathered(tmp_path, VLLM_SCRIPT, processes)
    config = found.servings["serving.config"]
    assert isinstance(config, Known)
    assert config.value == serving_configs.read(VLLM_SCRIPT.encode())
    assert (config.source.uri, config.source.grade) == ("tickets/deploy/serve.sh", Grade.B)
    platform = found.platforms["training.provider"]
    assert isinstance(platform, Known)
    assert platform.value.provider == "together"


def test_a_config_that_is_no_config_is_a_fact(tmp_path: Path, processes: ReadingProcesses) -> None:
    config = gathered(tmp_path, "vllm serve {{ model }}\n", processes).servings["serving.config"]
    assert isinstance(config, Unavailable)
    assert "Line 1" in config.reason


def test_a_stored_review_holds_the_facts_as_they_were() -> None:
    for _, text, _ in SAMPLES.values():
        known = Known(serving_configs.read(text.encode()), Source("deploy/serve.sh", Grade.B))
        evidence = Evidence(servings={"serving.config": known})
        gone = Unavailable("none", Trouble.DEFINITIVE)
        assert restore(record(gone, evidence, date(2026, 11, 25)))[1] == evidence
