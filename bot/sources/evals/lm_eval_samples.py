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

import msgspec

from bot.readiness.eval_report import EvalMetric
from bot.sources.evals.format import count, mapping, number, plain
from bot.sources.evals.items import MAX_SCORES, Filler, Row, Wanted, too_many_scores
from bot.sources.evals.rows import objects
from bot.sources.strict_json import printable
from bot.sources.trouble import Unreadable

_OWN_KEYS = {
    "doc_id", "doc", "target", "arguments", "resps", "filtered_resps", "filter", "metrics", "doc_hash", "prompt_hash",
    "target_hash",
}  # fmt: skip


class Column:
    """The scores of one metric under one filter. `odd` says what stood where a number should, in the first such row."""

    def __init__(self) -> None:
        self.filler = Filler()
        self.odd: str | None = None
        self._doubtful: list[int] = []  # rows whose answer is the word for none
        self._none_is_an_answer = False

    def add(self, row: Row, given: Any, *, says_none: bool) -> None:
        if row.score is None:
            self.odd = self.odd or (
                "lists" if isinstance(given, list) else "texts" if isinstance(given, str) else "none"
            )
        if says_none and not row.errored:
            self._doubtful.append(len(self.filler))
        self._none_is_an_answer = self._none_is_an_answer or (row.target or "").strip().lower() == "none"
        self.filler.add(row)

    def filled(self, metric: EvalMetric, *, rescoring: bool) -> EvalMetric:
        if not self._none_is_an_answer:
            for place in self._doubtful:
                self.filler.stumbled(place)
        return self.filler.filled(metric, recompute=False, rescoring=rescoring)


@dataclass(slots=True)
class Samples:
    """The samples of one task. `note` says why they do not prove its numbers, None when they do.

    `holdout` is the digest of the set of documents, `lines` are all rows, `held` the metrics and filters that they hold, `choices` the tasks whose rows they could be.
    """

    task: str | None = None
    note: str | None = None
    warnings: tuple[str, ...] = ()
    holdout: str | None = None
    lines: int = 0
    held: set[tuple[str, str]] = field(default_factory=set)
    choices: tuple[str, ...] = ()
    columns: dict[tuple[str, str], Column] = field(default_factory=dict)

    def column(self, name: str, variant: str) -> Column | None:
        """Find the rows of a metric, where they were wanted."""
        return self.columns.get((name, variant))


def read_samples(raw: bytes, head: Mapping[str, Any], wanted: Wanted) -> Samples:
    """Read the samples and find out which task of the results they belong to; raises Unreadable."""
    walk = _Walk(wanted, _asked_fields(head), _filters(head))
    whole, edited, hashed = hashlib.sha256(), Counter[str](), 0
    documents: set[str] = set()
    for line, row in objects(raw):
        if "doc" not in row or "filtered_resps" not in row:
            raise Unreadable(
                f"Line {line} of the rows is no sample of lm-eval.",
                "Link the file `samples_….jsonl` of the same run as `rows` (`--log_samples` writes it).",
            )
        hashes = [row.get(name) for name in ("doc_hash", "prompt_hash", "target_hash")]
        if all(isinstance(value, str) for value in hashes):
            hashed += 1
            whole.update("".join(map(str, hashes)).encode("utf-8", "replace"))
            documents.add(str(hashes[0]))
            for part in _edited(row):
                edited[part] += 1
        walk.add(row)
    samples = walk.samples
    if not samples.lines:
        raise Unreadable("The file of rows is empty.", "Link the samples of the run as `rows`.")
    if documents and not edited["document"]:  # each hash is the one of its document
        samples.holdout = _sha256("\n".join(sorted(documents)))
    hashes_of_tasks = mapping(head.get("task_hashes"))
    samples.task = next((task for task, value in hashes_of_tasks.items() if value == whole.hexdigest()), None)
    reproduced = samples.task is not None and hashed == samples.lines
    if samples.task is None:
        samples.choices = _fitting_tasks(head, samples.held)
        samples.task = samples.choices[0] if len(samples.choices) == 1 else None
    samples.note = _note(head, samples, reproduced=reproduced, edited=edited)
    if not hashes_of_tasks or not hashed:
        samples.warnings = ("no task hash ties the rows to this run, only their number and their scores",)
    return samples


@dataclass(slots=True)
class _Walk:
    wanted: Wanted
    fields: tuple[str, ...]
    filters: tuple[str, ...]
    samples: Samples = field(default_factory=Samples)
    seen: Counter[str] = field(default_factory=Counter)
    taken: int = 0

    def add(self, row: dict[str, Any]) -> None:
        self.samples.lines += 1
        doc_id = printable(str(row.get("doc_id")))
        metrics = row.get("metrics")
        names = metrics if isinstance(metrics, list) else [name for name in row if name not in _OWN_KEYS]
        found, under = [name for name in names if isinstance(name, str) and name in row], self._filter(row, doc_id)
        self.samples.held.update((name, under) for name in found)
        if not (kept := [name for name in found if self.wanted.keeps(self.wanted.task or "", name, under)]):
            return
        self.taken += len(kept)
        if self.taken > MAX_SCORES:
            raise too_many_scores()
        output, target, said = _said(row)
        for name in kept:
            column = self.samples.columns.get((name, under))
            if column is None:
                column = self.samples.columns[name, under] = Column()
            own = Row(
                native_id=doc_id,
                input=_input(row, self.fields),
                target=target,
                score=number(row[name]),
                output=output,
                errored=not said.strip(),
            )
            column.add(own, row[name], says_none=said == "none")

    def _filter(self, row: Mapping[str, Any], doc_id: str) -> str:
        """Find the filter of a sample; before 0.4.6 it did not say it: they stand in the order of the filters."""
        named = row.get("filter")
        if isinstance(named, str):
            return named
        occurrence = self.seen[doc_id]
        self.seen[doc_id] += 1
        return self.filters[min(occurrence, len(self.filters) - 1)] if self.filters else "none"


def _said(row: Mapping[str, Any]) -> tuple[str | None, str, str]:
    """Find the answer, where it can be scored anew, the target, and what the model said: "none" where only that, or ""."""
    answers, target = row.get("filtered_resps"), row.get("target")
    output = answers[0] if isinstance(answers, list) and len(answers) == 1 and isinstance(answers[0], str) else None
    if isinstance(target, list | dict) or _is_a_list(str(target)):
        output = None  # any of several targets may have been met: not ours to score
    texts = {text.strip().lower() for text in _texts(row.get("resps", answers))}
    said = "" if texts <= {""} else "none" if texts <= {"", "none"} else "something"
    return output, plain(target) if isinstance(target, list | dict) else str(target), said


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


def _fitting_tasks(head: Mapping[str, Any], held: set[tuple[str, str]]) -> tuple[str, ...]:
    """List the tasks whose metrics and filters the rows hold: the samples themselves name no task."""
    return tuple(
        task
        for task, entries in mapping(head.get("results")).items()
        if held and {tuple(name.split(",", 1)) for name in mapping(entries) if "," in name} >= held
    )


def _note(head: Mapping[str, Any], samples: Samples, *, reproduced: bool, edited: Counter[str]) -> str | None:
    if edited:
        part, rows = edited.most_common(1)[0]
        return f"in {rows:,} of {samples.lines:,} rows the {part} is not the one that its hash was made from"
    if reproduced:
        return None
    hashes = mapping(head.get("task_hashes"))
    if samples.task is None and hashes:
        return "they reproduce the hash of no task of this run, so rows are missing, or belong to another run"
    if samples.task is None:
        listed = ", ".join(f"`{printable(task)}`" for task in samples.choices[:12])
        return f"it cannot be told to which task of this run they belong{f': {listed}' if listed else ''}"
    stated = count(mapping(mapping(head.get("n-samples")).get(samples.task)).get("effective"))
    filters = {under for _, under in samples.held}
    if stated is not None and samples.lines != stated * len(filters):
        return f"the file holds {samples.lines:,} rows, the run wrote {stated * len(filters):,}"
    if samples.task in hashes:
        return "they do not reproduce the task's hash, so rows were left out, added, moved or edited"
    return None


def _edited(row: dict[str, Any]) -> Iterator[str]:
    """Find the parts of a sample that do not reproduce their hash."""
    if not _is_hash_of_doc(row["doc"], row["doc_hash"]):
        yield "document"
    prompt = mapping(mapping(row.get("arguments")).get("gen_args_0")).get("arg_0")
    if isinstance(prompt, list) and len(prompt) == 1:
        prompt = prompt[0]  # a chat, which the tool wraps
    if isinstance(prompt, str) and _sha256(prompt) != row["prompt_hash"]:
        yield "prompt"
    if "target" in row and _sha256(str(row["target"])) != row["target_hash"]:
        yield "target"


def _is_hash_of_doc(doc: Any, stated: str) -> bool:
    """Say whether a hash is the document's. The fast writer differs from the tool's in some numbers: it may only agree."""
    fast = hashlib.sha256(msgspec.json.format(msgspec.json.encode(doc), indent=2)).hexdigest()
    return fast == stated or _sha256(json.dumps(doc, indent=2, ensure_ascii=False)) == stated


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
