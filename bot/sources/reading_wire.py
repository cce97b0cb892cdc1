"""How do the service and its reading processes talk? Length-prefixed MessagePack over pipes, typed on both sides.

A request's files follow its frame as they are: they are not copied into it.
"""

from typing import BinaryIO

import msgspec

from bot.readiness.data_profile import DataProfile
from bot.readiness.eval_report import Composition, EvalReport
from bot.readiness.evidence import GraderTests, HumanChecks, Latency, MonthlyValue, Usage
from bot.readiness.fact import Unavailable
from bot.readiness.manifest import Manifest
from bot.readiness.rules.language import Truth
from bot.readiness.serving_config import ServingConfig
from bot.readiness.training_config import TrainingConfig
from bot.sources.datasets.keys import NO_KEYS, Beside, Keys
from bot.sources.datasets.scan import FAULTS_KEPT
from bot.sources.evals.items import Wanted
from bot.sources.reader import Small

READY = b"ready"
RULE_SECONDS = 2  # of computing for one expression, house: an honest one takes a thousandth of it
OUT_OF_MEMORY = 3  # a reading process's exit code
MAX_ANSWER_BYTES = 500_000_000
_LENGTH = 8  # bytes, big-endian


class EvalRequest(msgspec.Struct, frozen=True, tag="eval"):
    """Read an artifact of `artifact` bytes, `rows` bytes of rows where there are any, and siblings of so many bytes each."""

    artifact: int
    rows: int | None
    run: str | None
    wanted: Wanted
    siblings: dict[str, int]


class DataRequest(msgspec.Struct, frozen=True, tag="data"):
    """Read a training file of `data` bytes, and the files beside it of so many bytes, in this order.

    `on_disk`: the training file does not follow, it is the open file that the process was started with.
    """

    data: int
    form: str
    method: str | None
    beside: dict[Beside, int]
    keys: Keys = NO_KEYS
    output: str | None = None
    faults_kept: int = FAULTS_KEPT
    on_disk: bool = False


class SmallRequest(msgspec.Struct, frozen=True, tag="small"):
    """Read a small file of `data` bytes."""

    kind: Small
    data: int


class RuleRequest(msgspec.Struct, frozen=True, tag="rule"):
    """Evaluate an expression of a policy's rule over variables of so many bytes."""

    expression: str
    given: int


Request = EvalRequest | DataRequest | SmallRequest | RuleRequest


class Answer(msgspec.Struct, frozen=True):
    """What was read: exactly one of these."""

    report: EvalReport | None = None
    profile: DataProfile | None = None
    checks: HumanChecks | None = None
    ids: tuple[str, ...] | None = None
    sample: Composition | None = None
    latency: Latency | None = None
    grader_tests: GraderTests | None = None
    config: TrainingConfig | None = None
    truth: Truth | None = None
    serving: ServingConfig | None = None
    manifest: Manifest | None = None
    usage: Usage | None = None
    value: MonthlyValue | None = None
    trouble: Unavailable | None = None


class Ended(Exception):
    """The other side is gone, or talks nonsense."""


def send(pipe: BinaryIO, frame: bytes, *files: bytes) -> None:
    """Write a frame and the files that follow it; raises OSError when nobody reads."""
    pipe.write(len(frame).to_bytes(_LENGTH, "big"))
    pipe.write(frame)
    for file in files:
        pipe.write(file)
    pipe.flush()


def receive(pipe: BinaryIO, max_bytes: int = MAX_ANSWER_BYTES) -> bytes | None:
    """Read a frame; None when the other side has closed the pipe. Raises Ended."""
    head = pipe.read(_LENGTH)
    if not head:
        return None
    length = int.from_bytes(exactly(_LENGTH, pipe, head), "big")
    if length > max_bytes:
        raise Ended
    return exactly(length, pipe)


def exactly(length: int, pipe: BinaryIO, begun: bytes = b"") -> bytes:
    """Read just so many bytes; raises Ended when there are fewer."""
    found = begun + pipe.read(length - len(begun))
    if len(found) != length:
        raise Ended
    return found
