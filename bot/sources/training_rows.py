"""What is in the rows that a model is to learn from, and in what its training config lists besides?

They are compared with what the proposal links beside them: the held-out set, the output's schema, a sample of production.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from bot.readiness import manifest, training_data
from bot.readiness.data_profile import DataProfile, LabelCount, LabelField
from bot.readiness.fact import Fact, Grade, Hindrance, Known, Source, Trouble, Unavailable
from bot.readiness.proposal import Proposal
from bot.readiness.schema import LinkField, NotApplicable, at
from bot.readiness.training_config import TrainingConfig
from bot.sources import datasets, listed_files
from bot.sources.datasets.keys import Beside
from bot.sources.datasets.scan import FAULTS_KEPT
from bot.sources.linked import Linked, graded
from bot.sources.on_disk import Content
from bot.sources.reader import Reader
from bot.sources.sampled import Sample, draw, sample
from bot.sources.strict_json import printable
from bot.sources.trouble import Unreadable


def gathered(
    reader: Reader, linked: Linked, proposal: Proposal, config: Fact[TrainingConfig] | None
) -> dict[str, Fact[DataProfile]]:
    """Count the rows of the training file, or of a plan's pilot, and look through what the config lists besides."""
    rows, one = training_data.rows(proposal), _Rows(reader, linked)
    if rows is None:
        return {}
    if rows.at == manifest.AT:  # there are none to read
        return one.listed(proposal, config)
    return {rows.at: one.profile(rows.link, rows.form, _compared(proposal))} | one.listed(proposal, config)


@dataclass(frozen=True, slots=True)
class _Compared:
    """How training rows are read, and what they are compared with."""

    method: str | None
    output: str | None
    keys: datasets.Keys
    beside: Mapping[Beside, LinkField]
    template: str | None = None
    stated: bool = False  # a manifest speaks for the rows where they cannot be read whole


def _compared(proposal: Proposal) -> _Compared:
    method, output = proposal.training.method, proposal.task.output
    return _Compared(
        method,
        output,
        _keys(proposal),
        _beside(proposal),
        _template(proposal),
        stated=proposal.data.manifest is not None,
    )


def _keys(proposal: Proposal) -> datasets.Keys:
    data = proposal.data
    group, grader = data.group_key if isinstance(data.group_key, str) else None, proposal.training.grader
    return datasets.Keys(group, data.time_key, data.source_key, grader.keys if grader else ())


def _beside(proposal: Proposal) -> dict[Beside, LinkField]:
    """Name the linked files that training rows are compared with."""
    fields: dict[Beside, str] = {
        "holdout": "eval.holdout.path",
        "schema": "data.output_schema",
        "production": "data.production_sample",
    }
    if isinstance(proposal.data.production_sample, NotApplicable):
        fields["production"] = "data.production_template"
    return {name: found for name, path in fields.items() if isinstance(found := at(proposal, path), LinkField)}


def _template(proposal: Proposal) -> str | None:
    """Give the request that stands in the proposal itself, for a production that there is not yet."""
    data = proposal.data
    excused = isinstance(data.production_sample, NotApplicable)
    return data.production_template if excused and isinstance(data.production_template, str) else None


class _Rows:
    """Reads files of training rows."""

    def __init__(self, reader: Reader, linked: Linked) -> None:
        self._reader = reader
        self._linked = linked

    def profile(self, linked: LinkField, form: str, asked: _Compared) -> Fact[DataProfile]:
        """Count the rows of a training file, and compare them with the files beside it, as far as these can be read."""
        method, output, keys = asked.method, asked.output, asked.keys
        beside, template = asked.beside, asked.template

        def concluded(links: Mapping[Beside, LinkField], *, sampled: bool = False) -> Fact[DataProfile]:
            def conclude(files: list[Known[Any]]) -> Fact[DataProfile]:
                contents = {name: file.value for name, file in zip(links, files[1:], strict=True)}
                if template is not None:
                    contents["production"] = template.encode()
                rows: Content | Sample = files[0].value
                given = rows.lines if isinstance(rows, Sample) else rows
                kept = len(rows.rows) if isinstance(rows, Sample) else FAULTS_KEPT
                found = self._reader.data_profile(given, form, method, contents, keys, output, kept)
                if isinstance(found, Unavailable):
                    return found
                if isinstance(rows, Sample):
                    found = rows.profiled(found)
                return Known(_without_texts(found, closed=output == "closed_set"), _worst([f.source for f in files]))

            what = (
                "sample" if sampled else "data",
                form,
                method,
                output,
                template,
                sorted(links),
                keys.group,
                keys.time,
                keys.source,
                *keys.grader,
            )
            return self._linked.concluded(
                what,
                [linked, *links.values()],
                datasets.MAX_BYTES,
                DataProfile,
                conclude,
                first=self._sample if sampled else self._all,
            )

        fact = concluded(beside)
        if asked.stated and isinstance(fact, Unavailable) and fact.hindrance is Hindrance.TOO_LARGE:
            sampled, concluded = concluded(beside, sampled=True), partial(concluded, sampled=True)
            # why it was not read whole says more than why no part of it was
            fact = sampled if isinstance(sampled, Known) or sampled.hindrance is None else fact
        if not isinstance(fact, Unavailable) or not beside:
            return fact
        troubles = {
            name: file
            for name, other in beside.items()
            if isinstance(file := self._linked.read(other, datasets.MAX_BYTES), Unavailable)
        }
        if not troubles:
            return fact
        # the rows can be counted all the same
        rest = concluded({name: other for name, other in beside.items() if name not in troubles})
        return Known(_with_troubles(rest.value, troubles), rest.source) if isinstance(rest, Known) else rest

    def _all(self, linked: LinkField) -> Known[Content] | Unavailable:
        return self._linked.stored(linked, datasets.MAX_BYTES)

    def _sample(self, linked: LinkField) -> Known[Sample] | Unavailable:
        found = self._linked.stretches(linked, draw)
        if isinstance(found, Unavailable):
            return found
        try:
            return Known(sample(found.value), found.source)
        except Unreadable as unreadable:
            return unreadable.fact

    def listed(self, proposal: Proposal, config: Fact[TrainingConfig] | None) -> dict[str, Fact[DataProfile]]:
        """Look for held-out items in what the training config lists besides; nothing else is asked of these files."""
        found: dict[str, Fact[DataProfile]] = {}
        holdout = _beside(proposal).get("holdout")
        if not isinstance(config, Known) or holdout is None:
            return found
        asked = _Compared(proposal.training.method, None, datasets.NO_KEYS, {"holdout": holdout})
        for name, places in listed_files.listed(proposal, config.value):
            for place in places:
                fact = self.profile(place, "auto", asked)
                found[training_data.LISTED + name] = fact
                if isinstance(fact, Known) or fact.trouble is not Trouble.DEFINITIVE:
                    break
        return found


def _worst(sources: Sequence[Source]) -> Source:
    """Grade rows that were counted by the worst of what they were compared with, and say which that is."""
    first, worst = sources[0], max(sources, key=lambda source: source.grade.value)
    if worst.grade.value > first.grade.value and worst.grade is Grade.D:
        first = replace(first, note=f"compared with `{printable(worst.uri, 100)}`, which nothing pins")
    return graded(first, worst.grade, proven=True)


def _with_troubles(profile: DataProfile, troubles: Mapping[Beside, Unavailable]) -> DataProfile:
    return replace(
        profile,
        holdout=troubles.get("holdout", profile.holdout),
        schema=troubles.get("schema", profile.schema),
        production=troubles.get("production", profile.production),
    )


def _without_texts(profile: DataProfile, *, closed: bool) -> DataProfile:
    """Leave a digest in place of each label: they are only told apart and counted.

    By place, labels of a declared closed set are a team's own few words and keep them; of any other answer what stands in a
    place may be a person's name, and is only counted.
    """
    labels = (
        LabelCount(hashlib.sha256(each.label.encode("utf-8", "replace")).hexdigest()[:16], each.rows)
        for each in profile.labels
    )
    fields = profile.label_fields
    if fields is not None and not closed:
        fields = tuple(_unnamed(field) for field in fields)
    return replace(profile, labels=tuple(labels), label_fields=fields)


def _unnamed(field: LabelField) -> LabelField:
    fewest = tuple(LabelCount("", each.rows) for each in field.fewest)
    return replace(field, largest=LabelCount("", field.largest.rows), fewest=fewest)
