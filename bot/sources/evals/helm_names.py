"""What is a statistic of HELM called? Its metric, and the split and the perturbation that it was taken of."""

import re
from collections.abc import Mapping
from typing import Any

from bot.sources.evals.format import mapping, plain, text

# counts of what went in and how it was run, none of which says how good an answer is
_BOOKKEEPING = re.compile(r"num_.+|finish_reason_.+|training_.+|batch_size|prompt_truncated|max_prob|predicted_index")
_COMPARES = re.compile(r"(quasi_)?(prefix_)?exact_match(@\d+)?|f1_score|(rouge|bleu)_.+")
_COMMON = ("name", "robustness", "fairness", "computed_on")  # follow from the perturbation's name, or are told apart
_MODEL_ARGUMENTS = re.compile(r"(?<=[:,])(?:model|model_deployment)=[^,]*,?")


def is_bookkeeping(name: str) -> bool:
    """Say whether a statistic counts tokens and the like, and is no metric."""
    return _BOOKKEEPING.fullmatch(name) is not None


def compares(name: str) -> bool:
    """Say whether a metric compares the answer's text with the right one; of others, like a runtime, 0 is no verdict."""
    return _COMPARES.fullmatch(name) is not None


def task_of(name: str) -> str:
    """Name the task of a run without its model: the baseline's and the candidate's task is then the same one."""
    return _MODEL_ARGUMENTS.sub("", name).rstrip(",:")


def variant_of(name: Mapping[str, Any]) -> str | None:
    """Name the split and the perturbation of a statistic; None where it has neither."""
    of = " ".join(part for key in ("split", "sub_split") if key in name and (part := text(name[key])))
    changed = perturbation_of(name)
    return (f"{of} {changed}" if of and changed else of or changed) or None


def perturbation_of(name: Mapping[str, Any]) -> str | None:
    """Name the perturbation that a statistic or an instance is of, with its settings; None where it has none."""
    if not (changed := mapping(name.get("perturbation"))):
        return None
    on = text(changed.get("computed_on"))
    settings = (f"{key}={plain(changed[key])}" for key in sorted(changed) if key not in _COMMON)
    parts = (text(changed.get("name")), None if on == "perturbed" else on, *settings)
    return " ".join(part for part in parts if part) or None
