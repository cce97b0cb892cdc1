"""What would another policy change? Its problems, its tests, and every stored verdict that would come out otherwise, as data.

Judging is pure and asks nobody: reviews are judged again from their dossiers. `tunegate policy` prints it; the check run on a
pull request that changes a policy is made of the same.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from bot import ports
from bot.readiness.cases.running import run
from bot.readiness.policy import LayerKind, Place, Policy
from bot.readiness.policy_file import PolicyText
from bot.readiness.verdict import Level
from bot.report.as_json import as_json
from bot.report.policy_impact import Deciding, Impact, PolicyReport
from bot.report.record import restore_policy
from bot.review.judge import Judge

InForce = Callable[[tuple[PolicyText, ...]], Policy]
"""Lays policy files over the built-in policy."""


@dataclass(frozen=True, slots=True)
class Change:
    """A policy's file as it would be; `text` None: it would be no more."""

    place: Place
    text: PolicyText | None


def report(
    change: Change,
    cases: Mapping[str, str],
    reviews: Iterable[ports.StoredReview],
    judge: Judge,
    in_force: InForce,
    others: Sequence[PolicyText] = (),
) -> PolicyReport:
    """Examine a change of a policy: `cases` are its tests by name, `judge` judges under whatever policy it is given.

    `others` are the files of other layers that hold now: what the changed one may say hangs on them.
    """
    policy = in_force(laid_with(change, others))
    told = tuple(each for each in policy.complaints if each.place == change.place)
    if any(each.grave for each in told):
        return PolicyReport(change.place, told)
    ran = tuple(run(name, case, policy, judge.checks, judge.ask) for name, case in sorted(cases.items()))
    found = (impact for review in reviews for impact in impacts(judge, review, change, in_force))
    return PolicyReport(change.place, told, ran, tuple(found), removed=change.text is None)


def laid_with(change: Change, others: Iterable[PolicyText]) -> tuple[PolicyText, ...]:
    """Put a changed file in the place of the one of its layer, the lowest layer first."""
    kept = [each for each in others if each.place.kind is not change.place.kind]
    texts = kept if change.text is None else [*kept, change.text]
    return tuple(sorted(texts, key=lambda each: each.place.kind is LayerKind.REPOSITORY))


def impacts(judge: Judge, review: ports.StoredReview, change: Change, in_force: InForce) -> Iterator[Impact]:
    """Judge one stored review again, and compare it with the verdict that it got.

    The file takes the place of the one of its layer; the other layer's is that of then.
    """
    before = {entry["path"]: entry for entry in review.verdict.get("proposals", ())}
    layers = laid_with(change, restore_policy(review.dossier.get("policy", ())))
    after = _again(replace(judge, policy=in_force(layers)), review)
    for path, entry in before.items():
        now = None if after is None else after.get(path)
        yield Impact(
            review_id=review.id,
            repository=str(review.verdict.get("pull_request", {}).get("repository", review.repo_id)),
            number=review.number,
            head_sha=review.head_sha,
            path=path,
            adapter=entry.get("adapter"),
            bot_version=review.bot_version,
            before=entry["verdict"],
            after=None if now is None else now["verdict"],
            deciding=() if now is None else tuple(_deciding(entry, now)),
        )


def _again(judge: Judge, review: ports.StoredReview) -> dict[str, Any] | None:
    try:
        answer = judge.replay(review.dossier["proposals"])
    except (KeyError, TypeError, ValueError, msgspec.ValidationError):  # of a release whose facts had another form
        return None
    return {entry["path"]: entry for entry in as_json(answer)["proposals"]}


def _deciding(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Deciding]:
    was, now = _against(before), _against(after)
    for check in dict.fromkeys([*was, *now]):
        if (check in was) != (check in now):
            told = now.get(check) or _any(after, check) or was[check]
            yield Deciding(check, _words(was.get(check)), _words(now.get(check)), told["message"])


def _against(entry: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """List the findings that stand against a proposal, the first of each check."""
    found: dict[str, Mapping[str, Any]] = {}
    for finding in entry["findings"]:
        if finding["level"] == Level.FAILURE:
            found.setdefault(finding["check"], finding)
    return found


def _any(entry: Mapping[str, Any], check: str) -> Mapping[str, Any] | None:
    return next((finding for finding in entry["findings"] if finding["check"] == check), None)


def _words(finding: Mapping[str, Any] | None) -> str:
    return "" if finding is None else f"{finding['outcome']} ({finding['enforcement']})"
