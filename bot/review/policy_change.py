"""What would another policy change? Its problems, its tests, and every stored verdict that would come out otherwise, as data.

Judging is pure and asks nobody: reviews are judged again from their dossiers. `tunegate policy` prints it; a check run on a
pull request that changes a policy can be made of the same.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from bot import ports
from bot.readiness.cases.running import CaseResult, run
from bot.readiness.policy import Complaint, LayerKind, Policy
from bot.readiness.policy_file import PolicyText
from bot.readiness.verdict import Level
from bot.report.as_json import as_json
from bot.report.record import restore_policy
from bot.review.judge import Judge

InForce = Callable[[tuple[PolicyText, ...]], Policy]
"""Lays policy files over the built-in policy."""


@dataclass(frozen=True, slots=True)
class Deciding:
    """A check whose answer, or whose weight, changes: what it says before and after ("" where it does not stand against it)."""

    check: str
    before: str
    after: str
    message: str


@dataclass(frozen=True, slots=True)
class Impact:
    """What becomes of one reviewed proposal: decisions before and after, and the checks that make the difference.

    `after` is None where the dossier is of a release that this one cannot judge again.
    """

    repository: str
    number: int
    head_sha: str
    path: str
    adapter: str | None
    bot_version: str
    before: str
    after: str | None
    deciding: tuple[Deciding, ...] = ()

    @property
    def changes(self) -> bool:
        """Say whether the verdict would be another."""
        return self.after is not None and self.after != self.before


@dataclass(frozen=True, slots=True)
class PolicyReport:
    """All that is known of a policy's file before it counts; of one that reads in full only are there cases and impacts."""

    complaints: tuple[Complaint, ...]
    cases: tuple[CaseResult, ...] = ()
    impacts: tuple[Impact, ...] = ()

    @property
    def holds(self) -> bool:
        """Say whether the file can be used and judges its tests as expected."""
        return not self.complaints and all(case.holds for case in self.cases)


def report(
    text: PolicyText,
    cases: Mapping[str, str],
    reviews: Iterable[ports.StoredReview],
    judge: Judge,
    in_force: InForce,
) -> PolicyReport:
    """Examine a policy's file: `cases` are its tests by name, `judge` judges under whatever policy it is given."""
    policy = in_force((text,))
    told = policy.complaints
    if any(each.grave for each in told):
        return PolicyReport(told)
    ran = tuple(run(name, case, policy, judge.checks, judge.ask) for name, case in sorted(cases.items()))
    found = (impact for review in reviews for impact in impacts(judge, review, text, in_force))
    return PolicyReport(told, ran, tuple(found))


def impacts(judge: Judge, review: ports.StoredReview, text: PolicyText, in_force: InForce) -> Iterator[Impact]:
    """Judge one stored review again, and compare it with the verdict that it got.

    The file takes the place of the one of its layer; the other layer's is that of then.
    """
    before = {entry["path"]: entry for entry in review.verdict.get("proposals", ())}
    others = [
        each for each in restore_policy(review.dossier.get("policy", ())) if each.place.kind is not text.place.kind
    ]
    layers = sorted([*others, text], key=lambda each: each.place.kind is LayerKind.REPOSITORY)
    after = _again(replace(judge, policy=in_force(tuple(layers))), review)
    for path, entry in before.items():
        now = None if after is None else after.get(path)
        yield Impact(
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
