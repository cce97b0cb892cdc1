"""Is the linked training config gathered, also by a process of its own, and remembered as it was?"""

from datetime import date

import msgspec

from bot.readiness.evidence import Evidence, Grade, Known, Source, Trouble, Unavailable
from bot.readiness.training_config import TrainingConfig
from bot.report.record import record, restore
from bot.sources import training_configs
from bot.sources.reader import InThisProcess
from bot.sources.reading_process import ReadingProcesses
from bot.sources.reading_wire import Answer
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


def test_a_process_of_its_own_reads_the_same() -> None:
    raw = SAMPLES["Axolotl"][0].encode()
    processes = ReadingProcesses(1)
    try:
        assert processes.small("training_config", raw) == training_configs.read(raw)
    finally:
        processes.close()


def test_a_stored_review_holds_the_config_as_it_was() -> None:
    known = Known(training_configs.read(SAMPLES["TRL"][0].encode()), Source("training/config.yaml", Grade.B))
    evidence = Evidence(configs={"training.config": known})
    gone = Unavailable("none", Trouble.DEFINITIVE)
    assert restore(record(gone, evidence, date(2026, 11, 25)))[1].configs == evidence.configs
