"""Does a training config agree with its proposal? What both say of one thing, held side by side.

Only what is certain is called a contradiction: a name that may be written of the same thing is not.
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.readiness import model_name
from bot.readiness.proposal import Proposal
from bot.readiness.training_config import Stated, TrainingConfig
from bot.readiness.training_files import Likeness, Linked

METHODS = frozenset(
    ("sft", "dpo", "orpo", "kto", "rft", "continued_pretraining", "distillation", "rlhf", "pretraining")
)
TECHNIQUES = frozenset(("lora", "qlora", "dora", "full"))
# what a proposal says and a config calls otherwise: distillation is supervised tuning on a teacher's answers
_ALSO = {
    "distillation": {"sft"},
    "rft": {"rlhf"},
    "rlhf": {"rft"},
    "pretraining": {"continued_pretraining"},
    "continued_pretraining": {"pretraining"},
    "lora": {"qlora", "dora"},
}


@dataclass(frozen=True, slots=True)
class Agreed:
    """Both say the same, or may."""

    what: str
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class Differs:
    """They contradict each other: what of, the proposal's field, both values, the config's line."""

    what: str
    field: str
    proposed: str
    configured: str
    line: int


@dataclass(frozen=True, slots=True)
class Unclear:
    """Both say something that cannot be compared: a sentence, and the config's line."""

    sentence: str
    line: int


Comparison = Agreed | Differs | Unclear


def compare(proposal: Proposal, config: TrainingConfig) -> Iterator[Comparison]:
    """Compare all that both say; what one of them leaves out is passed over."""
    training = proposal.training
    if training.base_model and config.base_model:
        yield _base(training.base_model, config.base_model)
    if training.base_revision and config.base_revision:
        yield _revision(training.base_revision, config.base_revision)
    if training.method and config.method:
        yield _word("method", training.method, config.method, METHODS)
    if training.technique and config.technique and training.technique != "provider_default":
        yield _word("technique", training.technique, config.technique, TECHNIQUES)
    if isinstance(training.seed, int) and config.seed:
        yield (
            Agreed("seed")
            if training.seed == config.seed.value
            else Differs("seed", "training.seed", str(training.seed), str(config.seed.value), config.seed.line)
        )
    train, link = proposal.data.train, training.config
    if train is not None and train.path is not None and link is not None and config.data_files:
        yield _files(Linked(train.path.uri, link.uri), config.data_files)


def _word(what: str, proposed: str, configured: Stated[str], known: frozenset[str]) -> Comparison:
    found = configured.value
    if found == proposed:
        return Agreed(what)
    if found in _ALSO.get(proposed, ()):
        exact = f"More exactly the config's technique is `{found}`." if what == "technique" else None
        return Agreed(what, exact)
    if found not in known:
        return Unclear(
            f"The config's {what} `{found}` has no word in a proposal: it was not compared.", configured.line
        )
    return Differs(what, f"training.{what}", proposed, found, configured.line)


def _base(proposed: str, configured: Stated[str]) -> Comparison:
    found = configured.value
    same = alike(proposed, found)
    if same is not None:
        return (
            Agreed("base model")
            if same
            else Differs("base model", "training.base_model", proposed, found, configured.line)
        )
    return Unclear(f"Whether the config's base model `{found}` is `{proposed}` cannot be seen.", configured.line)


def alike(proposed: str, found: str) -> bool | None:
    """Say whether two names are of one model; None where nobody can."""
    last = posixpath.basename(found.rstrip("/"))
    ours, theirs = _words(posixpath.basename(proposed)), _words(last)
    both_exact = _is_of_the_hub(proposed) and _is_of_the_hub(found)
    if (
        (ours ^ theirs) & model_name.SIBLINGS
        or (both_exact and (ours ^ theirs) & _VARIANTS)
        or model_name.differ(proposed, last)
    ):
        return False
    ours, theirs = ours - _NOISE, theirs - _NOISE
    if ours and theirs and (ours <= theirs or theirs <= ours):
        return True
    if not _is_name(found):
        return None
    shared = {word for word in ours & theirs if word.isalpha() and len(word) > 1}
    return False if both_exact or shared else None


_VARIANTS = frozenset(
    ("instruct", "chat", "it", "base", "pt")
)  # the names of the hub are exact: these are other weights
_NOISE = frozenset(("latest", "hf", "reference", "unsloth", "bnb", "awq", "gptq", "fp", "v", "meta", "preview", "base"))
_HUB = re.compile(r"[\w-][\w.-]*/[\w.-]+")
_FOLDERS = frozenset(("models", "model", "out", "output", "outputs", "checkpoints", "ckpt", "runs", "data"))


def _is_of_the_hub(name: str) -> bool:
    return _HUB.fullmatch(name) is not None and name.partition("/")[0] not in _FOLDERS


def _is_name(text: str) -> bool:
    """Say whether a base model is a name, and no place on the machine that trains, and no part of a program."""
    local = re.match(r"[./~$]|[A-Za-z]:\\|torchtune\.", text) or text.partition("/")[0] in _FOLDERS
    return not local and not text.endswith("/")


def _words(name: str) -> set[str]:
    """Take a name apart: `llama-v3p1-8b` and `Llama-3.1-8B` are written of one model."""
    text = re.sub(r"(\d)p(\d)", r"\1.\2", name.lower())
    return set(re.findall(r"[a-z]+|\d+", re.sub(r"[-_][48]-?bit", "", text)))


def _revision(proposed: str, configured: Stated[str]) -> Comparison:
    ours, theirs = proposed.lower(), configured.value.lower()
    if ours == theirs or (min(len(ours), len(theirs)) >= 7 and (ours.startswith(theirs) or theirs.startswith(ours))):
        return Agreed("base revision")
    return Differs("base revision", "training.base_revision", proposed, configured.value, configured.line)


def _files(train: Linked, listed: tuple[Stated[str], ...]) -> Comparison:
    kinds = [(each, train.likeness(each.value)) for each in listed]
    if any(kind is Likeness.SAME for _, kind in kinds):
        return Agreed("training file")
    unknown = [each for each, kind in kinds if kind is Likeness.UNKNOWN]
    if unknown:
        name = unknown[0]
        return Unclear(f"Whether the config's `{name.value}` is `{train.uri}` cannot be seen from its name.", name.line)
    names = ", ".join(each.value for each in listed[:3]) + (" ..." if len(listed) > 3 else "")
    return Differs("training file", "data.train.path", train.uri, names, listed[0].line)
