"""Is the linked training config gathered, also by a process of its own, and remembered as it was?"""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec
import pytest

from bot.readiness import proposal
from bot.readiness.evidence import Evidence
from bot.readiness.fact import Grade, Known, Source, Trouble, Unavailable
from bot.readiness.training_config import Stated, TrainingConfig
from bot.report.record import record, restore
from bot.sources import training_configs
from bot.sources.gather import Gatherer
from bot.sources.listed_files import MAX_FILES, listed
from bot.sources.reader import InThisProcess
from bot.sources.reading_process import ReadingProcesses
from bot.sources.reading_wire import Answer
from bot.wiring.offline import working_tree
from tests.sources.training_configs.samples import SAMPLES


def test_configs_survive_the_pipe_and_the_memory() -> None:
    for text, _ in SAMPLES.values():
        config = training_configs.read(text.encode())
        sent = msgspec.msgpack.encode(Answer(config=config))
        assert msgspec.msgpack.decode(sent, type=Answer).config == config
        assert msgspec.convert(msgspec.to_builtins(config), TrainingConfig) == config


def test_the_reader_never_raises() -> None:
    found = InThisProcess().small("training_config", b"steps: 3\n")
    assert isinstance(found, Unavailable)
    assert found.trouble is Trouble.NOT_SUPPORTED
    assert not isinstance(found, Known)


@pytest.fixture(scope="module")
def processes() -> Iterator[ReadingProcesses]:
    started = ReadingProcesses(1)
    yield started
    started.close()


def test_a_process_of_its_own_reads_the_same(processes: ReadingProcesses) -> None:
    raw = SAMPLES["Axolotl"][0].encode()
    assert processes.small("training_config", raw) == training_configs.read(raw)


def gathered(folder: Path, config: str, processes: ReadingProcesses, **files: list[str]) -> Evidence:
    """Gather a proposal in `tickets/` of a repository, with a config in `tickets/training/`; files by name and questions."""
    texts = {"tickets/training/config.yaml": config} | {
        f"{place.replace('__', '/')}.jsonl": "".join(row(question) + "\n" for question in questions)
        for place, questions in files.items()
    }
    for place, text in texts.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text(text)
    text = (
        "version: 1\nadapter: router\neval: {holdout: {path: data/holdout.jsonl}}\n"
        "data: {train: {path: data/train.jsonl}}\ntraining: {method: sft, config: training/config.yaml}\n"
    )
    reading = proposal.read(text.encode(), opened_on=date(2026, 11, 25))
    assert reading.proposal is not None
    return Gatherer(processes).gather(reading.proposal, "tickets/finetune-proposal.yaml", working_tree(folder))


def row(question: str) -> str:
    roles = [("user", question), ("assistant", "yes")]
    return json.dumps({"messages": [{"role": role, "content": content} for role, content in roles]})


def questions(name: str, count: int = 3) -> list[str]:
    return [" ".join(f"{name}-{n}-{word}" for word in range(12)) for n in range(count)]  # no run of words is shared


CONFIG = "base_model: acme/base-8b\ndatasets:\n  - path: data/train.jsonl\n    type: chat_template\n"


def test_a_proposal_is_gathered_with_its_config(tmp_path: Path, processes: ReadingProcesses) -> None:
    parcels, lamps = questions("parcel"), questions("lamp")
    found = gathered(tmp_path, CONFIG, processes, tickets__data__train=parcels, tickets__data__holdout=lamps)
    config = found.configs["training.config"]
    assert isinstance(config, Known)
    assert config.value.data_files == (Stated("data/train.jsonl", 3),)
    assert (config.source.uri, config.source.grade) == ("tickets/training/config.yaml", Grade.B)
    assert set(found.data) == {"data.train"}


def test_a_config_that_is_no_config_is_a_fact(tmp_path: Path, processes: ReadingProcesses) -> None:
    found = gathered(
        tmp_path, "a: &a [x]\nb: [" + "*a," * 101 + "]\n", processes, tickets__data__train=questions("parcel")
    )
    config = found.configs["training.config"]
    assert isinstance(config, Unavailable)
    assert "aliases" in config.reason


@pytest.mark.parametrize("place", ["extra", "tickets__training__extra", "tickets__extra"])
def test_what_a_config_lists_besides_is_searched_for_held_out_items(
    place: str, tmp_path: Path, processes: ReadingProcesses
) -> None:
    lamps = questions("lamp", 5)
    found = gathered(
        tmp_path, CONFIG + "  - path: extra.jsonl\n", processes,
        tickets__data__train=questions("parcel"), tickets__data__holdout=lamps, **{place: [*questions("tent"), *lamps[:2]]},
    )  # fmt: skip
    fact = found.data["training.config: extra.jsonl"]
    assert isinstance(fact, Known)
    assert (fact.value.leaked, fact.value.leaked_lines) == (2, (4, 5))


def test_what_is_nowhere_is_a_fact(tmp_path: Path, processes: ReadingProcesses) -> None:
    found = gathered(
        tmp_path, CONFIG + "  - path: ../../../etc/extra.jsonl\n  - path: acme/general\n", processes,
        tickets__data__train=questions("parcel"), tickets__data__holdout=questions("lamp"),
    )  # fmt: skip
    assert set(found.data) == {"data.train", "training.config: ../../../etc/extra.jsonl"}
    assert isinstance(found.data["training.config: ../../../etc/extra.jsonl"], Unavailable)


def test_a_config_cannot_make_the_bot_read_without_end() -> None:
    reading = proposal.read(
        b"version: 1\nadapter: router\ntraining: {config: training/config.yaml}\n", opened_on=date(2026, 11, 25)
    )
    assert reading.proposal is not None
    config = TrainingConfig("Axolotl", data_files=tuple(Stated(f"{n}.jsonl", n + 1) for n in range(100)))
    assert len(list(listed(reading.proposal, config))) == MAX_FILES


def test_a_stored_review_holds_the_config_as_it_was() -> None:
    known = Known(training_configs.read(SAMPLES["TRL"][0].encode()), Source("training/config.yaml", Grade.B))
    evidence = Evidence(configs={"training.config": known})
    gone = Unavailable("none", Trouble.DEFINITIVE)
    assert restore(record(gone, evidence, date(2026, 11, 25)))[1].configs == evidence.configs
