"""What do the samples of lm-eval prove? Scores by metric and filter, and whether the rows are whole and unedited.

The results file holds one hash per task over all of its samples in order; each sample holds hashes of its document, prompt
and target. Neither covers answers and scores: those are what the value is recomputed from.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.sources.evals.format import count, mapping, number, plain
from bot.sources.evals.items import Row
from bot.sources.evals.rows import objects
from bot.sources.strict_json import printable
from bot.sources.trouble import Unreadable

_OWN_KEYS = {
    "doc_id", "doc", "target", "arguments", "resps", "filtered_resps", "filter", "metrics", "doc_hash", "prompt_hash",
    "target_hash",
}  # fmt: skip
_LONGEST_TEXT = 20_000  # characters of an answer or target that is scored anew


@dataclass(slots=True)
class _Row:
    doc_id: str
    filter: str
    input: str
    full_target: str
    scores: dict[str, float | None]
    output: str | None
    target: str | None
    silent: bool  # the model gave no answer
    says_none: bool  # or the word for it, which may be an answer


@dataclass(slots=True)
class Samples:
    """The samples of one task. `note` says why they do not prove its numbers, None when they do."""

    task: str | None = None
    note: str | None = None
    warnings: tuple[str, ...] = ()
    rows: list[_Row] = field(default_factory=list)

    def scores(self, name: str, variant: str) -> tuple[float, ...] | None:
        """Find the scores of a metric as the tool counts them; None when the rows hold no single number each."""
        found = [row.scores[name] for row in self.rows if row.filter == variant and name in row.scores]
        scores = tuple(score for score in found if score is not None)
        return scores if found and len(scores) == len(found) else None

    def column(self, name: str, variant: str, *, texts: bool) -> Iterator[Row]:
        """Walk the rows of a metric; `texts` says that answer and target decide its score."""
        own = [row for row in self.rows if row.filter == variant and name in row.scores]
        none_is_an_answer = any((row.target or "").strip().lower() == "none" for row in own)
        for row in own:
            errored = row.silent or (row.says_none and not none_is_an_answer)
            yield Row(
                native_id=row.doc_id,
                input=row.input,
                target=row.full_target,
                score=row.scores[name],
                output=row.output if texts else None,
                errored=errored,
            )


def read_samples(raw: bytes, head: Mapping[str, Any]) -> Samples:
    """Read the samples and find out which task of the results they belong to; raises Unreadable."""
    fields, filters = _asked_fields(head), _filters(head)
    whole, edited, hashed = hashlib.sha256(), Counter[str](), 0
    samples, seen = Samples(), Counter[str]()
    for line, row in objects(raw):
        if not row.keys() >= {"doc", "filtered_resps"}:
            raise Unreadable(
                f"Line {line} of the rows is no sample of lm-eval.",
                "Link the file `samples_….jsonl` of the same run as `rows` (`--log_samples` writes it).",
            )
        hashes = [row.get(name) for name in ("doc_hash", "prompt_hash", "target_hash")]
        if all(isinstance(value, str) for value in hashes):
            hashed += 1
            whole.update("".join(map(str, hashes)).encode("utf-8", "replace"))
            edited.update(_edited(row))
        samples.rows.append(_row(row, fields, filters, seen))
    if not samples.rows:
        raise Unreadable("The file of rows is empty.", "Link the samples of the run as `rows`.")
    hashes_of_tasks = mapping(head.get("task_hashes"))
    samples.task = next((task for task, value in hashes_of_tasks.items() if value == whole.hexdigest()), None)
    reproduced = samples.task is not None and hashed == len(samples.rows)
    if samples.task is None:
        samples.task = _only_task(head, samples)
    samples.note = _note(head, samples, reproduced=reproduced, edited=edited)
    if not hashes_of_tasks or not hashed:
        samples.warnings = ("no task hash ties the rows to this run, only their number and their scores",)
    return samples


def _row(row: dict[str, Any], fields: tuple[str, ...], filters: tuple[str, ...], seen: Counter[str]) -> _Row:
    doc_id = printable(str(row.get("doc_id")))
    occurrence = seen[doc_id]
    seen[doc_id] += 1
    named = row.get("filter")
    if not isinstance(named, str):  # before 0.4.6 a sample did not say its filter: they stand in order of the filters
        named = filters[min(occurrence, len(filters) - 1)] if filters else "none"
    metrics = row.get("metrics")
    names = metrics if isinstance(metrics, list) else [name for name in row if name not in _OWN_KEYS]
    answers = row.get("filtered_resps")
    output = answers[0] if isinstance(answers, list) and len(answers) == 1 and isinstance(answers[0], str) else None
    target = None if isinstance(row.get("target"), list | dict) else str(row.get("target"))
    if target is None or _is_a_list(target) or max(len(target), len(output or "")) > _LONGEST_TEXT:
        output = None  # any of several targets may have been met: not ours to score
    said = [text.strip().lower() for text in _texts(row.get("resps", answers))]
    return _Row(
        doc_id=doc_id,
        filter=named,
        input=_input(row, fields),
        full_target=plain(row.get("target")),
        scores={name: number(row[name]) for name in names if isinstance(name, str) and name in row},
        output=output,
        target=target,
        silent=all(not text for text in said),
        says_none=all(text in ("", "none") for text in said),
    )


def _input(row: dict[str, Any], fields: tuple[str, ...]) -> str:
    """Find what was asked: the prompt, or with few-shot examples (drawn anew for each row) the document's own fields."""
    doc = mapping(row.get("doc"))
    asked = [plain(doc[name]) for name in fields if name in doc]
    if asked:
        return " ".join(asked)
    arguments = mapping(row.get("arguments"))
    prompt = plain(mapping(arguments.get("gen_args_0")).get("arg_0"))
    choices = [mapping(entry).get("arg_1") for entry in arguments.values()]
    return " ".join([prompt or plain(doc), *(choice for choice in choices if isinstance(choice, str))])


def _asked_fields(head: Mapping[str, Any]) -> tuple[str, ...]:
    """Find the fields of a document that its prompt is made of, where few-shot examples stand before it."""
    configs = [mapping(config) for config in mapping(head.get("configs")).values()]
    if not any(count(config.get("num_fewshot")) for config in configs):
        return ()
    templates = {str(config.get(name) or "") for config in configs for name in ("doc_to_text", "doc_to_choice")}
    named = {name for template in templates for name in re.findall(r"\{\{-?\s*([A-Za-z_]\w*)", template)}
    return tuple(sorted(named | {template for template in templates if template.isidentifier()}))


def _filters(head: Mapping[str, Any]) -> tuple[str, ...]:
    names = (name for entries in mapping(head.get("results")).values() for name in mapping(entries) if "," in name)
    return tuple(dict.fromkeys(name.partition(",")[2] for name in names))


def _only_task(head: Mapping[str, Any], samples: Samples) -> str | None:
    """Find the one task whose metrics and filters the rows hold; None when several could be meant."""
    held = {(name, row.filter) for row in samples.rows for name in row.scores}
    fitting = [
        task
        for task, entries in mapping(head.get("results")).items()
        if {tuple(name.split(",", 1)) for name in mapping(entries) if "," in name} >= held
    ]
    return fitting[0] if len(fitting) == 1 and held else None


def _note(head: Mapping[str, Any], samples: Samples, *, reproduced: bool, edited: Counter[str]) -> str | None:
    if edited:
        part, rows = edited.most_common(1)[0]
        return f"in {rows:,} of {len(samples.rows):,} rows the {part} is not the one that its hash was made from"
    if reproduced:
        return None
    hashes = mapping(head.get("task_hashes"))
    if samples.task is None and hashes:
        return "they reproduce the hash of no task of this run, so rows are missing, or belong to another run"
    if samples.task is None:
        return "it cannot be told to which task of this run they belong"
    stated = count(mapping(mapping(head.get("n-samples")).get(samples.task)).get("effective"))
    filters = {row.filter for row in samples.rows}
    if stated is not None and len(samples.rows) != stated * len(filters):
        return f"the file holds {len(samples.rows):,} rows, the run wrote {stated * len(filters):,}"
    if samples.task in hashes:
        return "they do not reproduce the task's hash, so rows were left out, added, moved or edited"
    return None


def _edited(row: dict[str, Any]) -> Iterator[str]:
    """Find the parts of a sample that do not reproduce their hash."""
    if _sha256(json.dumps(row["doc"], indent=2, ensure_ascii=False)) != row["doc_hash"]:
        yield "document"
    prompt = mapping(mapping(row.get("arguments")).get("gen_args_0")).get("arg_0")
    if isinstance(prompt, list) and len(prompt) == 1:
        prompt = prompt[0]  # a chat, which the tool wraps
    if isinstance(prompt, str) and _sha256(prompt) != row["prompt_hash"]:
        yield "prompt"
    if "target" in row and _sha256(str(row["target"])) != row["target_hash"]:
        yield "target"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for entry in value:
            yield from _texts(entry)
    else:
        yield "" if value is None else str(value)


def _is_a_list(target: str) -> bool:
    return target.startswith("[") and target.endswith("]")
