"""Are training rows and held-out items of different people, times or sources?

## Why
Rows of one customer resemble each other. When some of them are trained on and others are the exam, the exam tells how well the
model knows the customer (S0).

## What counts as evidence
`eval.holdout.split_by` says how the sets were set apart; `data.group_key` (for user and source) or `data.time_key` names where
a row says so, like `meta.user_id`, in the training rows and in the held-out items alike. No group is in both sets; no training
row is later than the first held-out item. A key that never repeats is no group; where only the pilot of a curation plan is
there, which may be too small to show it, that is a remark. A data set without users says
`{not_applicable: no_users, why: ...}` as `data.group_key`.

## How to fix
Split by the group before anything else is done with the data, and write the group into each row's `meta`.
"""

from collections.abc import Iterator

from bot.readiness.check import Check, Dossier
from bot.readiness.data_profile import DataProfile, Split
from bot.readiness.excuse import Accepted, Refused, judged
from bot.readiness.fact import Known
from bot.readiness.finding import Finding, Item
from bot.readiness.training_data import plan, profile
from bot.readiness.wording import count

_KEY, _BY, _TIME = "data.group_key", "eval.holdout.split_by", "data.time_key"
_FIX = "Split anew by that key, before anything else is done with the data."


def run(dossier: Dossier) -> Iterator[Finding]:
    """Look at how the sets are set apart, as the proposal says it and as the rows show it."""
    holdout, data = dossier.proposal.eval.holdout, dossier.proposal.data
    by = holdout.split_by if holdout else None
    if by is None:
        yield CHECK.failed(
            "The proposal does not say how training rows and held-out items were set apart.",
            at="eval.holdout",
            fix="Add `split_by: user` (or time, source, random) under `eval.holdout`.",
            lever="evals",
        )
        return
    excuse = judged(dossier.proposal, dossier.policy, _KEY)
    if isinstance(excuse, Refused):
        yield CHECK.failed(excuse.message, at=_KEY, fix=excuse.fix, lever="evals")
        return
    named = data.time_key if by == "time" else data.group_key
    if isinstance(excuse, Accepted) and by != "time":
        if by == "user":
            yield CHECK.failed(
                f"The sets are split by user, but there are none ({excuse.code}).",
                at=_KEY,
                fix="Correct one of the two.",
                lever="evals",
            )
        else:
            yield CHECK.not_applicable(
                f"There is no group that a split could tear apart ({excuse.code}): {excuse.why}", at=_KEY
            )
        return
    if not isinstance(named, str):
        yield CHECK.failed(
            f"The sets are split by {by}, and nothing says where a row tells its {'time' if by == 'time' else 'group'}.",
            at=_TIME if by == "time" else _KEY,
            fix=f"Add `{_TIME if by == 'time' else _KEY}`, like `meta.user_id`"
            + ("." if by == "time" else ", or `{not_applicable: no_users, why: ...}`."),
            lever="evals",
        )
        return
    known = profile(CHECK, dossier)
    if isinstance(known, Finding):
        yield known
    elif known.value.split is None or known.value.holdout is not None:
        yield _unread(known.value)
    elif by == "time":
        yield _by_time(known, known.value.split)
    else:
        yield _by_group(known, known.value.split, str(named), is_pilot=plan(dossier.proposal) is not None)


def _unread(found: DataProfile) -> Finding:
    if found.holdout is not None:
        return CHECK.unavailable(found.holdout, at="eval.holdout.path", what="The held-out set could not be read")
    return CHECK.unverified("How the sets are split was not looked at.", at=_BY, fix="Nothing to do for you.")


def _by_group(known: Known[DataProfile], split: Split, key: str, *, is_pilot: bool) -> Finding:
    if not split.rows or not split.held_rows:
        where = "training rows" if not split.rows else "held-out items"
        return CHECK.failed(
            f"None of the {where} has a value under `{key}`.",
            at=_KEY,
            fix=f"Write it into each of them, or correct `{_KEY}`.",
            source=known.source,
            lever="evals",
        )
    lone = split.groups == split.rows and split.held_groups == split.held_rows and not split.shared
    if lone and not is_pilot:
        return CHECK.failed(
            f"Under `{key}` no value stands twice: that is no group.",
            at=_KEY,
            fix="Name the key of the user, the customer or the document that several rows come from.",
            source=known.source,
            lever="evals",
        )
    if split.shared:
        return CHECK.failed(
            f"{split.shared:,} of the {count(split.held_groups, 'group')} of the held-out set are in the training rows too.",
            at=_KEY,
            fix=_FIX,
            source=known.source,
            lever="evals",
        )
    return CHECK.passed(
        f"None of the {count(split.held_groups, 'group')} of the held-out set is among the {split.groups:,} of the training rows.",
        at=_BY,
        source=known.source,
        remark=f"Under `{key}` no value stands twice yet: the rows to come must show that it is a group."
        if lone
        else None,
    )


def _by_time(known: Known[DataProfile], split: Split) -> Finding:
    if split.latest is None or split.earliest is None:
        where = "training rows" if split.latest is None else "held-out items"
        return CHECK.failed(
            f"None of the {where} has a time.",
            at=_TIME,
            fix="Write it into each of them.",
            source=known.source,
            lever="evals",
        )
    if split.latest > split.earliest:
        return CHECK.failed(
            f"The last training row is of {split.latest[:25]}, the first held-out item of {split.earliest[:25]}: they overlap.",
            at=_BY,
            fix=_FIX,
            source=known.source,
            lever="evals",
        )
    return CHECK.passed(
        f"The training rows end at {split.latest[:25]}, the held-out set begins at {split.earliest[:25]}.",
        at=_BY,
        source=known.source,
    )


CHECK = Check(id="split-respects-groups", item=Item.DATA, doc=__doc__, run=run)
