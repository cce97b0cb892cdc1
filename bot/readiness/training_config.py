"""What does a training config say? Each value with the line that says it, whatever tool it was written for."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T", covariant=True)


@dataclass(frozen=True, slots=True)
class Stated(Generic[T]):
    """A value and the 1-based line of the config that states it, or from which it follows."""

    value: T
    line: int


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """One training run as its tool would run it; None (or no file) is what the config leaves to defaults.

    `method` and `technique` are in the words of the proposal where it has one, else as the tool calls them. `data_files` and
    `eval_files` are as written: paths, addresses, names of data sets, ids of uploads. `target_modules` are sorted. Credentials
    are never part of it.
    """

    tool: str
    base_model: Stated[str] | None = None
    base_revision: Stated[str] | None = None
    method: Stated[str] | None = None
    technique: Stated[str] | None = None
    rank: Stated[int] | None = None
    alpha: Stated[float] | None = None
    target_modules: Stated[tuple[str, ...]] | None = None
    data_files: tuple[Stated[str], ...] = ()
    eval_files: tuple[Stated[str], ...] = ()
    seed: Stated[int] | None = None
    epochs: Stated[float] | None = None
    learning_rate: Stated[float] | None = None
    packing: Stated[bool] | None = None
    chat_template: Stated[str] | None = None
