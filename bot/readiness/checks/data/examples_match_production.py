"""Do the training examples look like what production sends, and what production sends like them?

## Why
A model that is tuned on one prompt and served with another has learnt something else: the examples stand in exactly the form
of production (S1).

## What counts as evidence
`data.production_sample`, some hundred requests as they were sent, one chat row a line, with or without the answer. At least 99 %
of the distinct training rows have a shape that occurs there, and of its rows as many a shape that occurs in the training rows.
A shape is: which role follows which; whether tools are offered, and their names; the instructions, without what is filled into
them; and, where no `data.output_schema` judges the answers, their form (JSON, calls, text) and the keys of their JSON, which
are asked of the training rows alone. A longer conversation, fewer of the tools, a key that may be left out are the same shape.
So many rows as would lack something in another draw of the same size, by the count of what stands in one row only, are no
fault, up to 4 %. A sample whose rows are training rows was taken out of the training file and says nothing. Lengths, writing
systems and labels that are far apart are a remark.

Before the launch there is `{not_applicable: not_launched, why: ...}`, and `data.production_template`: one chat row as it will be
sent, in which `{{slots}}` stand for what varies.

## How to fix
Write the training rows with the very prompt, tools and order of messages that production uses; log some hundred requests.
"""

from collections.abc import Iterator, Mapping

from bot.readiness.check import Check, Dossier
from bot.readiness.data_profile import DataProfile, ShapeMatch
from bot.readiness.excuse import Accepted, Refused, judged
from bot.readiness.fact import Known
from bot.readiness.finding import Finding, Item
from bot.readiness.revalidation import EVERY
from bot.readiness.shift import shifts
from bot.readiness.training_data import WITHOUT_TARGETS, path, profile
from bot.readiness.wording import count, percent

_SAMPLE, _TEMPLATE = "data.production_sample", "data.production_template"
_LOG = (
    'Write one request on each line as the chat API takes it: {"messages": [...]}, with its `tools` where it has some.'
)


def run(dossier: Dossier) -> Iterator[Finding]:
    """Compare the shapes of both sets, both ways."""
    data, method = dossier.proposal.data, dossier.proposal.training.method
    if method in WITHOUT_TARGETS:
        yield CHECK.not_applicable(f"Rows for `{method}` are text without a shape.", at="training.method")
        return
    excuse = judged(dossier.proposal, dossier.policy, _SAMPLE)
    if isinstance(excuse, Refused):
        yield CHECK.failed(excuse.message, at=_SAMPLE, fix=excuse.fix)
    elif isinstance(excuse, Accepted) and data.production_template is None:
        yield CHECK.failed(
            f"There is no production yet ({excuse.code}), and nothing says what its requests will look like.",
            at=_SAMPLE,
            fix=f"Add `{_TEMPLATE}`: one chat row as it will be sent, with {{{{slots}}}} for what varies.",
        )
    elif excuse is None and data.production_sample is None:
        yield CHECK.unverified(
            "No sample of production is linked: whether the examples look like it, nobody can tell.",
            at=_SAMPLE if data.production_template is None else _TEMPLATE,
            fix=f"Link some hundred requests under `{_SAMPLE}`, or write `not_applicable: not_launched` there.",
        )
    else:
        known = profile(CHECK, dossier)
        yield (
            known if isinstance(known, Finding) else _compared(dossier, known, _SAMPLE if excuse is None else _TEMPLATE)
        )


def _compared(dossier: Dossier, known: Known[DataProfile], at: str) -> Finding:
    found, shapes = known.value, known.value.shapes
    what = "sample" if at == _SAMPLE else "template"
    if found.production is not None:
        return CHECK.unavailable(found.production, at=at, what=f"The production {what} could not be read")
    if shapes is None:
        return CHECK.unverified("The rows were not compared with production.", at=at, fix="Nothing to do for you.")
    least_rows = int(dossier.policy.number(CHECK.id, "rows"))
    if at == _TEMPLATE and not shapes.template:
        return CHECK.failed(
            "The production template is no single row with {{slots}}.",
            at=at,
            fix='Write one chat row, like {"messages": [{"role": "user", "content": "{{ticket}}"}]}.',
            source=known.source,
        )
    if at == _SAMPLE and shapes.sample < least_rows:
        return CHECK.failed(
            f"Inconclusive: the sample holds {count(shapes.sample, 'request')}, and {least_rows:,} are needed.",
            at=at,
            fix="Link a larger sample.",
            source=known.source,
        )
    if shapes.copied > dossier.policy.number(CHECK.id, "copied") * shapes.comparable:
        return CHECK.failed(
            f"{shapes.copied:,} of {count(shapes.comparable, 'request')} of the sample are rows of the training file: "
            "that compares the file with itself.",
            at=at,
            fix="Draw the sample from the logs of production, from another time than the training rows.",
            source=known.source,
        )
    return _judged(dossier, known, shapes, at)


def _judged(dossier: Dossier, known: Known[DataProfile], shapes: ShapeMatch, at: str) -> Finding:
    least, chance = (dossier.policy.number(CHECK.id, name) for name in ("least", "chance"))

    def too_many(rows: int, of: int, alone: int, others: int) -> bool:
        """Say whether more rows lack a counterpart than the policy and chance allow: `alone` of the `others` stand alone."""
        by_chance = min(float(chance), alone / others) if others else 0.0
        return rows > (1 - float(least) + by_chance) * of

    whose = "the template" if shapes.template else f"{count(shapes.sample, 'request')} of production"
    seen = f"{shapes.rows - shapes.unlike:,} of {count(shapes.rows, 'distinct row')} have a shape of {whose}"
    if not shapes.template:
        seen += f", {shapes.sample - shapes.uncovered:,} of these one of the rows"
    parts = []
    if too_many(shapes.unlike, shapes.rows, shapes.sample_alone, shapes.sample):
        parts.append(f"in production there is no such {_listed(shapes.unlike_in)}")
    if too_many(shapes.uncovered, shapes.sample, shapes.alone, shapes.rows):
        parts.append(f"in the training rows there is no such {_listed(shapes.uncovered_in)} as in production")
    if parts:
        lines = [loss.line for loss in known.value.losses if loss.code == "unlike_production"][:3]
        named = f" (first in line {', '.join(f'{line:,}' for line in lines)})" if lines and shapes.unlike else ""
        return CHECK.failed(
            f"{seen}; the policy asks for {percent(least)}: {'; '.join(parts)}{named}.",
            at=path(dossier),
            fix="Write the rows with the very prompt, tools and order of messages that production uses.",
            source=known.source,
        )
    return CHECK.passed(f"{seen}.", at=path(dossier), source=known.source, remark=_remark(dossier, shapes))


def _listed(parts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} ({rows:,})" for name, rows in parts.items())


def _remark(dossier: Dossier, shapes: ShapeMatch) -> str | None:
    remarks = []
    if not shapes.template:
        if shapes.sample < int(dossier.policy.number(CHECK.id, "small_sample")):
            remarks.append(f"A sample of {shapes.sample:,} misses what is rare.")
        if shapes.copied:
            remarks.append(f"{shapes.copied:,} of the requests are training rows.")
    if shapes.made_of is not None and shapes.sample_made_of is not None:
        most = dossier.policy.setting(CHECK.id, "apart")
        found = shifts(shapes.made_of, shapes.sample_made_of)
        apart = [f"{each.what} ({each.size:.2f})" for each in found if each.sure > float(most.get(each.what, 1))]
        remarks += [f"Far apart, from 0 to 1, in {' and '.join(apart)}."] if apart else []
    return " ".join(remarks) or None


CHECK = Check(id="examples-match-production", item=Item.DATA, doc=__doc__, run=run, asked_at=EVERY)
