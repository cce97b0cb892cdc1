"""Does every training answer hold to the declared schema of the output?

## Why
The model learns to write what the answers show, faults included: a row whose JSON does not parse teaches JSON that does not
parse (S1).

## What counts as evidence
`data.output_schema` links a JSON Schema, plain or as OpenAI's `response_format`; nothing that it refers to is fetched. Of the
valid rows of `data.train` at least 99 % hold to it: the answer parses, and its value fits. A call of tools is held to the
schemas of the tools that its own row offers. Without a schema a closed set is held to by its labels, which are counted: where
the rows show none, that is a remark. Calls are held to by the rows' own tools. An output of free text says `{not_applicable: free_text_output, why: ...}` or nothing. Methods
without an answer in the rows are not asked.

## How to fix
Correct the rows named, or the schema where it is the schema that is wrong. `tunegate evidence data FILE --schema SCHEMA` names
each of them.
"""

from collections.abc import Iterator

from bot.readiness.check import Check, Dossier
from bot.readiness.data_profile import DataProfile
from bot.readiness.excuse import Accepted, Refused, judged
from bot.readiness.fact import Known
from bot.readiness.finding import Finding, Item
from bot.readiness.training_data import WITHOUT_TARGETS, path, profile
from bot.readiness.wording import count, percent

_SCHEMA, _OUTPUT = "data.output_schema", "task.output"
_CODES = ("output_json", "output_schema")
_SHOWN = 3
_LINK = f"Link the JSON Schema of one output under `{_SCHEMA}`."


def run(dossier: Dossier) -> Iterator[Finding]:
    """Hold the share of answers that the schema refuses to the policy."""
    method, output = dossier.proposal.training.method, dossier.proposal.task.output
    if method == "rft" or method in WITHOUT_TARGETS:
        yield CHECK.not_applicable(f"Rows for `{method}` hold no answers.", at="training.method")
        return
    excuse = judged(dossier.proposal, dossier.policy, _SCHEMA)
    linked = excuse is None and dossier.proposal.data.output_schema is not None
    if isinstance(excuse, Refused):
        yield CHECK.failed(excuse.message, at=_SCHEMA, fix=excuse.fix)
    elif isinstance(excuse, Accepted):
        yield CHECK.not_applicable(f"The output has no schema ({excuse.code}): {excuse.why}", at=_SCHEMA)
    elif not linked and output in (None, "free_text"):
        yield CHECK.not_applicable("The output is free text, and no schema is declared for it.", at=_OUTPUT)
    elif not linked and output == "structured":
        yield CHECK.failed("The output is structured, and no schema says how.", at=_OUTPUT, fix=_LINK)
    else:
        known = profile(CHECK, dossier)
        if isinstance(known, Finding):
            yield known
        else:
            yield _by_schema(dossier, known) if linked else _by_rows(dossier, known, str(output))


def _by_schema(dossier: Dossier, known: Known[DataProfile]) -> Finding:
    found = known.value
    if found.schema is not None:
        return CHECK.unavailable(found.schema, at=_SCHEMA, what="The output's schema could not be used")
    if found.misfits is None:
        return CHECK.unverified(
            "The rows were not held to the output's schema.", at=_SCHEMA, fix="Nothing to do for you."
        )
    least = dossier.policy.number(CHECK.id, "least")
    seen = f"{found.valid - found.misfits:,} of {count(found.valid, 'valid row')} hold to the output's schema"
    if not found.misfits:
        return CHECK.passed(f"{seen}.", at=path(dossier), source=known.source)
    named = " ".join(
        f"Line {loss.line:,}: {loss.message}"
        for loss in [each for each in found.losses if each.code in _CODES][:_SHOWN]
    )
    if found.misfits > (1 - least) * found.valid:
        return CHECK.failed(
            f"{seen}, {_share(found)}; the policy asks for {percent(least)}. {named}".rstrip(),
            at=path(dossier),
            fix="Correct these rows, or the schema where it is the schema that is wrong.",
            source=known.source,
        )
    return CHECK.passed(f"{seen}.", at=path(dossier), source=known.source, remark=f"Not all of them. {named}".rstrip())


def _share(found: DataProfile) -> str:
    """Write the share that holds, cut and not rounded: what is below the bound never reads like it."""
    return f"{1000 * (found.valid - (found.misfits or 0)) // found.valid / 10:.1f} %"


def _by_rows(dossier: Dossier, known: Known[DataProfile], output: str) -> Finding:
    """Judge rows without a declared schema by what they themselves hold to."""
    found = known.value
    if output == "closed_set":
        if found.closed_set and found.labels:
            return CHECK.passed(
                f"Every answer is one of {len(found.labels):,} that the rows repeat.",
                at=path(dossier),
                source=known.source,
            )
        return CHECK.passed(
            "No schema is declared that an answer could break.",
            at=_OUTPUT,
            source=known.source,
            remark=f"The output is said to be a closed set, and the rows do not show one. {_LINK} An `enum` lists the labels.",
        )
    if not found.calling:
        return CHECK.failed(
            "The output is calls of tools, but no answer of the rows calls one.",
            at=_OUTPUT,
            fix="Correct `task.output`, or link rows whose answers call tools.",
            source=known.source,
        )
    if found.calling_nothing:
        return CHECK.failed(
            f"{found.calling_nothing:,} of {count(found.calling, 'row')} call tools that they do not offer: nothing says how.",
            at=path(dossier),
            fix=f"Give each row the `tools` that production offers, or link the schema of the arguments under `{_SCHEMA}`.",
            source=known.source,
        )
    return CHECK.passed(
        f"The calls of {count(found.calling, 'row')} are held to the tools that the rows offer.",
        at=path(dossier),
        source=known.source,
    )


CHECK = Check(id="outputs-fit-schema", item=Item.DATA, doc=__doc__, run=run)
