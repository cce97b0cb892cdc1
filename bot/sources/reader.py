"""Who reads the bytes of artifacts and data sets? The same two questions, asked in this process or in one of its own."""

import mmap
from collections.abc import Callable, Mapping
from typing import Literal, Protocol

from bot.readiness.data_profile import DataProfile
from bot.readiness.eval_report import Composition, EvalReport
from bot.readiness.evidence import GraderTests, HumanChecks, Latency, MonthlyValue, Usage
from bot.readiness.fact import Trouble, Unavailable
from bot.readiness.manifest import Manifest
from bot.readiness.serving_config import ServingConfig
from bot.readiness.training_config import TrainingConfig
from bot.sources import (
    datasets,
    evals,
    grader_tests,
    human_checks,
    latency,
    manifest,
    monthly_value,
    row_ids,
    serving_configs,
    training_configs,
    usage,
)
from bot.sources.datasets.keys import NO_KEYS, Beside, Keys
from bot.sources.datasets.scan import FAULTS_KEPT
from bot.sources.evals.items import EVERYTHING, Wanted
from bot.sources.on_disk import Content, OnDisk
from bot.sources.trouble import Unreadable

Small = Literal[
    "human_checks",
    "row_ids",
    "sample",
    "latency",
    "grader_tests",
    "training_config",
    "serving_config",
    "manifest",
    "usage",
    "value",
]
SmallFact = (
    HumanChecks
    | tuple[str, ...]
    | Composition
    | Latency
    | GraderTests
    | TrainingConfig
    | ServingConfig
    | Manifest
    | Usage
    | MonthlyValue
)


class Reader(Protocol):
    """Reads untrusted bytes; never raises for what they hold. Safe to share between threads."""

    def eval_report(
        self,
        artifact: bytes,
        rows: bytes | None,
        run: str | None = None,
        wanted: Wanted = EVERYTHING,
        siblings: Mapping[str, bytes] | None = None,
    ) -> EvalReport | Unavailable:
        """Read an eval artifact with its rows; `run` names one of several in one file, `wanted` whose items are kept."""

    def data_profile(
        self,
        raw: Content,
        form: str,
        method: str | None,
        beside: Mapping[Beside, bytes] | None = None,
        keys: Keys = NO_KEYS,
        output: str | None = None,
        faults_kept: int = FAULTS_KEPT,
    ) -> DataProfile | Unavailable:
        """Count the rows of a training file, compare them with the files beside it; so many faults of each kind are named."""

    def small(self, kind: Small, raw: bytes) -> SmallFact | Unavailable:
        """Read a small file of facts, of the kind that is named."""


class InThisProcess:
    """Reads without limits of time and memory: for files of one's own machine."""

    def eval_report(
        self,
        artifact: bytes,
        rows: bytes | None,
        run: str | None = None,
        wanted: Wanted = EVERYTHING,
        siblings: Mapping[str, bytes] | None = None,
    ) -> EvalReport | Unavailable:
        """Read an eval artifact with its rows."""
        try:
            return evals.read(artifact, rows, run, wanted, siblings)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001  # a reader's defect is our fault: neither a crash nor held against the team
            return _defect(error)

    def data_profile(
        self,
        raw: Content | mmap.mmap,
        form: str,
        method: str | None,
        beside: Mapping[Beside, bytes] | None = None,
        keys: Keys = NO_KEYS,
        output: str | None = None,
        faults_kept: int = FAULTS_KEPT,
    ) -> DataProfile | Unavailable:
        """Count the rows of a training file, and compare them with the files beside it."""
        content = raw.mapped() if isinstance(raw, OnDisk) else raw
        try:
            return datasets.profile(content, form, method, beside, keys, output, faults_kept=faults_kept)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001  # as above
            return _defect(error)

    def small(self, kind: Small, raw: bytes) -> SmallFact | Unavailable:
        """Read a small file of facts."""
        try:
            return _SMALL[kind](raw)
        except Unreadable as unreadable:
            return unreadable.fact
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001  # as above
            return _defect(error)


_SMALL: dict[Small, Callable[[bytes], SmallFact]] = {
    "human_checks": human_checks.read,
    "row_ids": row_ids.read,
    "sample": datasets.composition,
    "latency": latency.read,
    "grader_tests": grader_tests.read,
    "training_config": training_configs.read,
    "serving_config": serving_configs.read,
    "manifest": manifest.read,
    "usage": usage.read,
    "value": monthly_value.read,
}


def _defect(error: Exception) -> Unavailable:
    return Unavailable(
        f"Our fault: the reader stopped with {type(error).__name__}.",
        Trouble.PASSING,
        "Nothing to do for you; please report it with the review's link.",
    )
