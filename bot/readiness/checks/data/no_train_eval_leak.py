"""Are training rows kept out of the held-out set?

## Why
A model that was trained on its exam passes it. Numbers over a set that leaked say nothing of production (S0, S1, S2).

## What counts as evidence
Every valid training row, compared with every item of `eval.holdout.path` by what the user says: the same words, or thirteen of
them in a row (eight for short items), runs of words that many training rows share left out. Items that leaked are taken out of
the held-out set: when at least 200 scored ones remain and the baseline still falls short over them, up to 1 % of leaked items
is a remark. Beyond, the set is to be drawn anew.
Every file that `training.config` lists is trained on too: those of the repository are compared likewise, others are named.

## How to fix
Take the rows named out of the training file, or their items out of the held-out set; split by user, time or source before
anything else is done with the data.
"""

from collections.abc import Iterator, Mapping

from bot.readiness.bar import bar
from bot.readiness.baseline import Measured, measure
from bot.readiness.check import Check, Dossier
from bot.readiness.data_profile import DataProfile
from bot.readiness.fact import Fact, Known, Trouble, Unavailable
from bot.readiness.finding import Finding, Item
from bot.readiness.revalidation import EVERY
from bot.readiness.schema import COMPRESSION, at
from bot.readiness.shortfall import Standing, place
from bot.readiness.training_data import LISTED, profile
from bot.readiness.training_files import besides
from bot.readiness.wording import count, percent

_HOLDOUT = "eval.holdout.path"
_SHOWN = 5
_FIX = "Take these rows out of the training file, or their items out of the held-out set."


def run(dossier: Dossier) -> Iterator[Finding]:
    """Count what leaked, then look at what is left of the held-out set."""
    known = profile(CHECK, dossier)
    if isinstance(known, Finding):
        yield known
        return
    if known.value.leaked is None:
        yield _not_looked_at(dossier, known.value)
        return
    listed = _listed(dossier)
    if any((found.value.leaked or 0) > 0 for found in (known, *listed.values()) if isinstance(found, Known)):
        yield _leaked(dossier, known, {n: f.value for n, f in listed.items() if isinstance(f, Known)}, _unread(listed))
        return
    waiting = [(n, f) for n, f in listed.items() if isinstance(f, Unavailable) and f.trouble is not Trouble.DEFINITIVE]
    for name, trouble in waiting:
        yield CHECK.unavailable(
            trouble, at="training.config", what=f"`{name}`, which the training config lists, could not be read"
        )
    if not waiting:
        files = f" of {count(len(listed) + 1, 'file')}" if any(isinstance(f, Known) for f in listed.values()) else ""
        yield CHECK.passed(
            f"No training row{files} is among the {count(known.value.held_out, 'item')} of the held-out set.",
            at=_HOLDOUT,
            source=known.source,
            remark=_unread(listed),
        )


def _listed(dossier: Dossier) -> dict[str, Fact[DataProfile] | None]:
    """Find what the training config lists besides the training file; None for what is no file of the repository."""
    config = dossier.evidence.configs.get("training.config")
    if not isinstance(config, Known):
        return {}
    names = [each.value for each in besides(dossier.proposal, config.value)]
    found = {name: dossier.evidence.data.get(f"{LISTED}{name}") for name in names}
    if len(config.value.data_files) == 1 and None in found.values():
        return {}  # an upload's id may well be the training file: `training-reproducible` says that it was not compared
    return found


def _unread(listed: Mapping[str, Fact[DataProfile] | None]) -> str | None:
    """Name what is trained on and was not compared, for a person to look at."""
    unread = [name for name, fact in listed.items() if not isinstance(fact, Known) or fact.value.leaked is None]
    if not unread:
        return None
    names = ", ".join(f"`{name}`" for name in unread[:_SHOWN]) + (" ..." if len(unread) > _SHOWN else "")
    return f"The training config also lists {names}: what is in there was not compared with the held-out set."


def _not_looked_at(dossier: Dossier, found: DataProfile) -> Finding:
    if found.holdout is not None:
        return CHECK.unavailable(found.holdout, at=_HOLDOUT, what="The held-out set could not be read")
    if at(dossier.proposal, _HOLDOUT) is None:
        return CHECK.failed(
            "Without the held-out set nobody sees whether training rows are in it.",
            at="eval.holdout",
            fix="Link it as `eval.holdout.path`: one item a line, `input` and `target`.",
            lever="evals",
        )
    return CHECK.unverified(
        "The training rows were not compared with the held-out set.", at=_HOLDOUT, fix="Nothing to do for you."
    )


def _leaked(
    dossier: Dossier, known: Known[DataProfile], listed: Mapping[str, DataProfile], unread: str | None
) -> Finding:
    found = known.value
    items = frozenset(found.leaked_items).union(*(each.leaked_items for each in listed.values()))
    rows = [_rows(found, "training row")] if found.leaked else []
    rows += [
        f"{_rows(each, 'row')} of `{name}`, which the training config lists,"
        for name, each in listed.items()
        if each.leaked
    ]
    seen = f"{' and '.join(rows)} are among {len(items):,} of the {count(found.held_out, 'held-out item')}"
    most = float(dossier.policy.number(CHECK.id, "most"))
    share = len(items) / max(found.held_out, 1)
    if share > most:
        return CHECK.failed(
            f"{seen}, more than {percent(most)}.", at=_HOLDOUT, fix=_FIX, source=known.source, lever="evals"
        )
    if problem := _what_is_left(dossier, items):
        return CHECK.failed(f"{seen}. {problem}", at=_HOLDOUT, fix=_FIX, source=known.source, lever="evals")
    remark = "Without them the verdict is the same; take them out all the same."
    return CHECK.passed(f"{seen}.", at=_HOLDOUT, source=known.source, remark=f"{remark} {unread}" if unread else remark)


def _rows(found: DataProfile, what: str) -> str:
    if not found.leaked_lines:  # a manifest tells none
        return count(found.leaked or 0, what)
    more = " ..." if (found.leaked or 0) > _SHOWN else ""
    return f"{count(found.leaked or 0, what)} (line {', '.join(f'{line:,}' for line in found.leaked_lines[:_SHOWN])}{more})"


def _what_is_left(dossier: Dossier, leaked: frozenset[str]) -> str | None:
    """Say what speaks against the held-out set once the leaked items are gone; None when nothing does."""
    measured = measure(CHECK, dossier)
    if not isinstance(measured, Measured) or not measured.averages:
        return None  # told by eval-readable
    rest = measured.without(leaked)
    least = int(dossier.policy.number("holdout-large-enough", "floor"))
    left = len({item.key for item in rest.scored})
    if left < least:
        return f"Without them {count(left, 'item')} remain, fewer than {least:,}."
    wanted = bar(CHECK, dossier, rest)
    if isinstance(wanted, Finding) or dossier.proposal.failure.reason in COMPRESSION:
        return None
    confidence = float(dossier.policy.number("baseline-falls-short", "confidence"))
    if place(rest, wanted, confidence).standing is Standing.MEETS:
        return "Without them the baseline meets the bar."
    return None


CHECK = Check(id="no-train-eval-leak", item=Item.DATA, doc=__doc__, run=run, asked_at=EVERY)
