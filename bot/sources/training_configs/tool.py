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
    "ipo": "dpo", "preference": "dpo", "grpo": "rft", "gdpo": "rft", "dapo": "rft", "gspo_token": "rft", "rloo": "rft",
    "reinforcement": "rft", "reinforcement_fine_tuning": "rft", "pt": "continued_pretraining",
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
    """One tool: its name for people, how its configs are known, and the paths of what they say (the first that is there).

    `entries` and `eval_entries` are keys whose entries name data as Hugging Face's loader takes it: `path` (or `source`), and
    `data_files` below it. A held-out entry that is another split of a source that is trained on is no file of its own.
    """

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
    entries: Paths = ()
    eval_entries: Paths = ()
    names_by_comma: bool = False  # one text names several data sets

    def read(self, said: Said) -> TrainingConfig:
        """Find all that the config says; raises Unreadable for what a template is to fill in."""
        rank, seed = integer(said, self.rank), integer(said, self.seed)
        trained = [each for key in self.entries for each in _listed(said, key)]
        held_out = [each for key in self.eval_entries for each in _listed(said, key) if not _split_of(each, trained)]
        held_out += [each for key in self.entries for each in _listed(said, key, _HELD_OUT)]
        return TrainingConfig(
            self.name,
            said.text(*self.base_model),
            said.text(*self.base_revision),
            self.method(said),
            self.technique(said),
            rank,
            number(said, self.alpha),
            _modules(said, self.target_modules),
            self._files(said, self.data_files, trained),
            self._files(said, self.eval_files, held_out),
            seed,
            number(said, self.epochs),
            number(said, self.learning_rate),
            flag(said, *self.packing),
            _template(said, self.chat_template),
        )

    def _files(self, said: Said, paths: Iterable[str], listed: Iterable["_Listed"]) -> tuple[Stated[str], ...]:
        """Give what the entries name, then the texts of every path, each once."""
        found = {each.name.value: each.name for each in listed}
        for path in paths:
            for each in said.every(path):
                if isinstance(each.value, str) and each.value.strip():
                    for text in each.value.split(",") if self.names_by_comma else [each.value]:
                        if name := said.plain(text, each.line):
                            found.setdefault(name, Stated(name, each.line))
        return tuple(found.values())


@dataclass(frozen=True, slots=True)
class _Listed:
    """What an entry names, and the split of it where it names one."""

    name: Stated[str]
    split: str | None


_TRAINED, _HELD_OUT = ("data_files", "data_files.train"), ("data_files.test", "data_files.validation")


def _listed(said: Said, key: str, below: Paths = _TRAINED) -> Iterable[_Listed]:
    """Walk what the entries under a key name; a loader like `json` only says how the files are read."""
    for entry in said.below(key):
        place, split = entry.text("path", "source", "id"), entry.text("split", "partition")
        where = None if place is None or place.value in LOADERS else said.plain(place.value, place.line)
        part = split.value if split else None
        files = [each for path in below for each in entry.every(path) if isinstance(each.value, str)]
        for each in files:
            name = said.plain(each.value, each.line)
            yield _Listed(Stated(f"{where.rstrip('/')}/{name}" if where else name, each.line), part)
        if place is not None and where and not files and below is _TRAINED:
            yield _Listed(Stated(where, place.line), part)


def _split_of(entry: _Listed, others: Iterable[_Listed]) -> bool:
    return any(entry.name.value == other.name.value and entry.split != other.split for other in others)


LOADERS = frozenset(
    ("json", "jsonl", "csv", "parquet", "text", "arrow")
)  # of Hugging Face datasets: no files themselves


def word(stated: Stated[Any] | None) -> Stated[str] | None:
    """Put a method into the proposal's words where it has one."""
    if stated is None or not isinstance(stated.value, str):
        return None
    name = _WORDS.sub("_", stated.value.strip().lower())
    return Stated(METHODS.get(name, name), stated.line)


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
