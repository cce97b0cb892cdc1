"""How is a config of one tool turned into what every tool says? By the paths where it says it."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from bot.readiness.training_config import Stated, TrainingConfig
from bot.sources.training_configs.said import Said

Paths = tuple[str, ...]
Told = Callable[[Said], Stated[str] | None]

METHODS = {
    "supervised": "sft", "fine_tuning": "sft", "chat_completion": "sft", "instruction_finetune": "sft", "completion": "sft",
    "ipo": "dpo", "preference": "dpo", "grpo": "rft", "reinforcement": "rft", "reinforcement_fine_tuning": "rft", "pt": "continued_pretraining",
    "continued_pretrain": "continued_pretraining", "continued_pre_training": "continued_pretraining",
    "ppo": "rlhf", "rm": "reward_model",
}  # fmt: skip
_WORDS = re.compile(r"[\s-]+")
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_NUMBER = re.compile(r"[-+]?(?:[0-9]{1,30}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?:[eE][-+]?[0-9]{1,3})?")


def unsaid(_: Said) -> None:
    """Say nothing."""


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool: its name for people, how its configs are known, and the paths of what they say (the first that is there)."""

    name: str
    fits: Callable[[Said], bool]
    base_model: Paths
    data_files: Paths
    eval_files: Paths = ()
    base_revision: Paths = ()
    method: Told = field(default=unsaid)
    technique: Told = field(default=unsaid)
    rank: Paths = ()
    alpha: Paths = ()
    target_modules: Paths = ()
    seed: Paths = ()
    epochs: Paths = ()
    learning_rate: Paths = ()
    packing: Paths = ()
    chat_template: Paths = ()
    names_by_comma: bool = False  # one text names several data sets

    def read(self, said: Said) -> TrainingConfig:
        """Find all that the config says; raises Unreadable for what a template is to fill in."""
        rank, seed = integer(said, self.rank), integer(said, self.seed)
        return TrainingConfig(
            self.name,
            said.text(*self.base_model),
            said.text(*self.base_revision),
            self.method(said),
            self.technique(said),
            rank,
            number(said, self.alpha),
            _modules(said, self.target_modules),
            self._files(said, self.data_files),
            self._files(said, self.eval_files),
            seed,
            number(said, self.epochs),
            number(said, self.learning_rate),
            flag(said, *self.packing),
            _template(said, self.chat_template),
        )

    def _files(self, said: Said, paths: Iterable[str]) -> tuple[Stated[str], ...]:
        """Give the files of every path; where an entry names its files as well as a loader, only the files are meant."""
        found: dict[str, Stated[str]] = {}
        for path in paths:
            for each in said.every(path):
                if isinstance(each.value, str) and each.value.strip():
                    text = said.plain(each.value, each.line)
                    for name in text.split(",") if self.names_by_comma else [text]:
                        if name.strip() and name.strip() not in LOADERS:
                            found.setdefault(name.strip(), Stated(name.strip(), each.line))
        return tuple(found.values())


LOADERS = frozenset(
    ("json", "jsonl", "csv", "parquet", "text", "arrow")
)  # of Hugging Face datasets: no files themselves


def word(stated: Stated[Any] | None) -> Stated[str] | None:
    """Put a method into the proposal's words where it has one."""
    if stated is None or not isinstance(stated.value, str):
        return None
    name = _WORDS.sub("_", stated.value.strip().lower())
    return Stated(METHODS.get(name, name), stated.line)


def lora_unless(said: Said, *paths: str, otherwise: str) -> Stated[str] | None:
    """Say LoRA where any of the paths has a value that is not false."""
    found = [each for path in paths for each in said.every(path) if each.value is not False]
    return Stated("lora", found[0].line) if found else Stated(otherwise, 1)


def number(said: Said, paths: Paths) -> Stated[float] | None:
    """Give a finite number, also where it is written as text; "auto" and the like are none."""
    found = said.first(*paths)
    if found is None or isinstance(found.value, bool):
        return None
    if isinstance(found.value, str) and not _NUMBER.fullmatch(found.value.strip()):
        return None
    if not isinstance(found.value, str | int | float):
        return None
    try:
        value = float(found.value)
    except OverflowError:
        return None
    return Stated(value, found.line) if isfinite(value) else None


def integer(said: Said, paths: Paths) -> Stated[int] | None:
    """Give a whole number, also where it is written as text."""
    found = said.first(*paths)
    if found is None or isinstance(found.value, bool):
        return None
    if isinstance(found.value, int):
        return Stated(found.value, found.line) if abs(found.value) < 10**18 else None
    if isinstance(found.value, str) and _INTEGER.fullmatch(found.value.strip()):
        return Stated(int(found.value), found.line)
    return None


def flag(said: Said, *paths: str) -> Stated[bool] | None:
    """Give yes or no."""
    found = said.first(*paths)
    if found is None:
        return None
    known = {True: True, False: False, "true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
    value = found.value.lower() if isinstance(found.value, str) else found.value
    return Stated(known[value], found.line) if isinstance(value, str | bool) and value in known else None


def _modules(said: Said, paths: Paths) -> Stated[tuple[str, ...]] | None:
    for path in paths:
        found = [each for each in said.every(path) if isinstance(each.value, str)]
        names = {
            name.strip() for each in found for name in said.plain(each.value, each.line).split(",") if name.strip()
        }
        if names:
            return Stated(tuple(sorted(names)), found[0].line)
    return None


def _template(said: Said, paths: Paths) -> Stated[str] | None:
    """Name the chat template; one that is written out is Jinja by right, and is not kept."""
    found = said.first(*paths)
    if found is None or not isinstance(found.value, str):
        return None
    name = found.value.strip()
    return Stated("written out" if "{" in name or "\n" in name or len(name) > 200 else name, found.line)
