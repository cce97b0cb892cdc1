"""Does a stored review give the same verdict again? From its dossier and the policy files of then it must; a newer release may not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from bot import ports
from bot.report.as_json import as_json
from bot.review.judge import Judge

# what two findings of one check at one place are told apart by
_SAID = ("outcome", "enforcement", "message", "remark", "fix", "condition", "line", "grade", "source", "asked_by")
_OTHER_FORM = "its facts are of another form"


@dataclass(frozen=True, slots=True)
class Difference:
    """A finding that is another now: what it said before and says after, "" where it was or is not there."""

    path: str
    check: str
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of one review: decisions by proposal, before and after, and the findings that differ.

    `trouble` says why it could not be judged again: then nothing else is known.
    """

    review_id: str
    repository: str
    number: int
    head_sha: str
    bot_version: str
    before: Mapping[str, str]
    after: Mapping[str, str]
    differences: tuple[Difference, ...] = ()
    trouble: str | None = None
    same_policy: bool = True  # the files of then over this release's built-in policy; False: that is another by now

    @property
    def same(self) -> bool:
        """Say whether every word is the same."""
        return self.trouble is None and self.before == self.after and not self.differences


def replay(judge: Judge, review: ports.StoredReview) -> Replayed:
    """Judge a stored review again, and compare every word of its findings."""
    told = {entry["path"]: entry for entry in review.verdict.get("proposals", ())}
    before = {path: str(entry["verdict"]) for path, entry in told.items()}
    same_policy = judge.policy.sha256 == review.policy_sha256
    pull = review.verdict.get("pull_request", {})
    who = (review.id, str(pull.get("repository", review.repo_id)), review.number, review.head_sha, review.bot_version)
    try:
        again = as_json(judge.replay(review.dossier["proposals"], review.dossier.get("trainings")))
    except (KeyError, TypeError, ValueError, msgspec.ValidationError):
        return Replayed(*who, before, {}, same_policy=same_policy, trouble=_OTHER_FORM)
    if not told and (
        review.verdict.get("verdict") or again["verdict"]
    ):  # what is trained without a proposal has a decision, and no proposal
        before, after_all = {"": str(review.verdict.get("verdict"))}, {"": str(again["verdict"])}
        return Replayed(*who, before, after_all, same_policy=same_policy)
    now = {entry["path"]: entry for entry in again["proposals"]}
    after = {path: str(entry["verdict"]) for path, entry in now.items()}
    found = (each for path in told for each in _differences(path, told[path], now.get(path, {"findings": ()})))
    return Replayed(*who, before, after, tuple(found), same_policy=same_policy)


def _differences(path: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    was, now = _by_place(before), _by_place(after)
    for place in dict.fromkeys([*was, *now]):
        if was.get(place) != now.get(place):
            check, field = place
            yield Difference(path, check, field, _words(was.get(place)), _words(now.get(place)))


def _by_place(entry: Mapping[str, Any]) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Sort findings by check and field; of several at one place the order counts."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for finding in entry["findings"]:
        said = {name: finding.get(name) for name in _SAID}
        found.setdefault((finding["check"], finding["field"] or ""), []).append(said)
    return found


def _words(findings: list[dict[str, Any]] | None) -> str:
    return "; ".join(f"{said['outcome']} ({said['enforcement']}): {said['message']}" for said in findings or ())
