"""What is said of waivers where somebody asks for one: the lines to copy, who may approve, and why not."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bot.readiness.check import Check
from bot.readiness.finding import Outcome
from bot.readiness.policy import APPROVERS, NOBODY, Enforcement, Policy
from bot.readiness.verdict import Level
from bot.readiness.waiver import Waiver
from bot.readiness.wording import meant
from bot.report.markdown import Markdown, code, text, visible

MAX_LINES = 10  # house: checks in one answer; whoever needs more exceptions needs another proposal

Entry = Mapping[str, Any]
"""A proposal of a stored verdict (`as_json`)."""

NOT_REVIEWED = "This pull request has not been reviewed yet. Ask again when its check run is complete."
JUDGED_ANEW = (
    "The head of this pull request, or the policy, is another one than was judged, so nothing was approved. Approve again when "
    "the check run is complete."
)
OF_A_FORK = (
    "This pull request comes from a fork: whoever may write to this repository can ask for a waiver, its author cannot."
)


def said(sentence: str) -> Markdown:
    """Put a sentence of ours into markdown; what a stranger wrote within it is escaped."""
    return text(sentence)


def who_approves(policy: Policy, role: str) -> str:
    """Name in a sentence's end who may approve in a role."""
    return approving(role, policy.approvers(role))


def approving(role: str, names: Sequence[str] | None) -> str:
    """Name in a sentence's end who may approve: logins and teams, or administrators where nobody is named."""
    if names is None:
        return f"nobody yet: the role `{role}` stands for no one in the organisation's policy (`waivers.roles.{role}`)"
    listed = " or ".join(f"`{visible(name, 100)}`" for name in names[:5])
    more = f" or {len(names) - 5} others" if len(names) > 5 else ""
    people = f"{listed}{more}" if names else "whoever administers this repository"
    return people if role == APPROVERS else f"{people}, in the role `{role}`"


def requested(waiver: Waiver, who: str) -> Markdown:
    """Say that a waiver is asked for, and what comes next."""
    return text(
        f"{waiver.name} asks to waive `{waiver.check}` of `{waiver.path}` until {waiver.until}. Until it is approved nothing "
        f"changes. `/tunegate approve {waiver.name}` in a new comment approves it, by {who}; not by whoever asked, wrote this "
        "pull request or a commit of it, or is its owner or backup."
    )


def approved(waiver: Waiver, login: str) -> Markdown:
    """Say that a waiver is approved, and when it ends."""
    return text(
        f"{waiver.name} is approved by `{login}`: `{waiver.check}` of `{waiver.path}` is waived until {waiver.until}, or until "
        f"what was waived changes. `/tunegate unwaive {waiver.name}` ends it earlier."
    )


def chosen(entries: Sequence[Entry], check: str, path: str | None) -> list[Entry]:
    """Find the proposals that a request may mean: the one named by path or adapter, else those that the check stands against."""
    if path is not None:
        return [entry for entry in entries if path in (entry["path"], entry["adapter"])]
    against = [entry for entry in entries if stands(entry, check)]
    return against or list(entries[:1])


def stands(entry: Entry, check: str) -> list[Mapping[str, Any]]:
    """List what a check holds against a proposal, or would if it were not waived."""
    return [
        finding
        for finding in entry["findings"]
        if finding["check"] == check and (finding["level"] == Level.FAILURE or finding["outcome"] == Outcome.WAIVED)
    ]


def unknown(check: str, checks: Sequence[Check], entries: Sequence[Entry]) -> str | None:
    """Say that there is no such check, with the nearest; None where there is: one of ours or a rule of the policy."""
    names = {one.id for one in checks} | {finding["check"] for entry in entries for finding in entry["findings"]}
    if check in names:
        return None
    near = meant(check, sorted({one.id for one in checks}), "/tunegate waive ")
    return " ".join(part for part in (f"There is no check `{visible(check, 80).replace('`', ' ')}`.", near) if part)


def several(entries: Sequence[Entry], check: str) -> str:
    """Ask which of several proposals is meant."""
    paths = " or ".join(f"`path={entry['path']}`" for entry in entries[:5])
    return f"`{check}` stands against {len(entries)} proposals here. Say which one is meant: add {paths}."


def no_such_path(entries: Sequence[Entry], path: str) -> str:
    """Say that a request names a proposal that is not there."""
    there = ", ".join(f"`{entry['path']}`" for entry in entries[:5]) or "none"
    return (
        f"There is no proposal `{visible(path, 200).replace('`', ' ')}` in this pull request. Its proposals: {there}."
    )


def not_waivable(entry: Entry, check: str, policy: Policy) -> str:
    """Say why a check of a proposal cannot be waived."""
    against = stands(entry, check)
    if not against:
        return f"`{check}` does not stand against `{entry['path']}`: there is nothing to waive."
    if any(finding["outcome"] == Outcome.BROKEN for finding in against):
        return f"`{check}` stopped, which is our fault, and is not waived. `/tunegate recheck` tries again."
    if policy.waived_by(check) == NOBODY:
        return f"The policy lets nobody waive `{check}`. `/tunegate explain {check}` says what helps."
    if any(finding["enforcement"] == Enforcement.HARD for finding in against):
        return f"`{check}` is hard: it cannot be waived. `/tunegate explain {check}` says what helps."
    return f"`{check}` cannot be waived as the policy stands. `/tunegate recheck` looks again."


def lines_to_copy(entries: Sequence[Entry], policy: Policy, last: date) -> Markdown:
    """Give the lines by which each check that can be waived is asked for, and say who approves."""
    open_ones, hard = _open(entries), _hard(entries)
    parts = []
    if open_ones:
        parts.append("To ask for a waiver, write one of these lines in a new comment, with your reason:")
        lines = [_line(entry, one, last.isoformat(), alone=len(entries) == 1) for entry, one in open_ones[:MAX_LINES]]
        parts.append("```\n" + "\n".join(lines) + "\n```")
        roles = {one["role"]: [o["check"] for _, o in open_ones if o["role"] == one["role"]] for _, one in open_ones}
        for role, checks in roles.items():
            of = "" if len(roles) == 1 else f" of {', '.join(f'`{check}`' for check in checks)}"
            parts.append(text(f"The waiver{of} is approved by {who_approves(policy, role)}."))
    else:
        parts.append("Nothing that stands against this pull request can be waived.")
    if hard:
        listed = ", ".join(map(code, hard[:MAX_LINES])) + (" and more" if len(hard) > MAX_LINES else "")
        parts.append(f"Hard, so that nobody can waive it: {listed}.")
    return Markdown("\n\n".join(parts))


def acting(verdict: Mapping[str, Any]) -> dict[str, Any]:
    """Say who can act on a stored verdict: lines that ask for a waiver, who approves each, what is hard, what is waived."""
    entries, policy = verdict["proposals"], verdict["policy"]
    approvers: Mapping[str, Any] = policy.get("approvers") or {}
    alone = len(entries) == 1
    lines = [
        {
            "command": _line(entry, one, "YYYY-MM-DD", alone=alone),
            "by": approving(one["role"], approvers.get(one["role"])),
        }
        for entry, one in _open(entries)
    ]
    return {
        "lines": lines[:MAX_LINES],
        "hard": _hard(entries)[:MAX_LINES],
        "max_days": policy.get("waiver_days"),
        "waived": [{**waiver, "path": entry["path"]} for entry in entries for waiver in entry.get("waivers", ())],
    }


def how_to_ask(entry: Entry, check: str, approvers: Mapping[str, Any], *, alone: bool) -> Markdown | None:
    """Say how a check that stands against a proposal is waived; None where it does not, or cannot be."""
    one = next((one for found, one in _open([entry]) if one["check"] == check), None)
    if one is None:
        return None
    line = code(_line(entry, one, "YYYY-MM-DD", alone=alone))
    return Markdown(
        f"It can be waived for a while: {line}, approved by {text(approving(one['role'], approvers.get(one['role'])))}."
    )


def _open(entries: Sequence[Entry]) -> list[tuple[Entry, Mapping[str, Any]]]:
    """List what can be waived and is not, by proposal; reviews of older releases do not say."""
    return [
        (entry, one)
        for entry in entries
        for one in entry.get("waivable", ())
        if any(finding["level"] == Level.FAILURE for finding in stands(entry, one["check"]))
    ]


def _hard(entries: Sequence[Entry]) -> list[str]:
    return sorted({finding["check"] for entry in entries for finding in entry["findings"] if _is_hard(finding)})


def _is_hard(finding: Mapping[str, Any]) -> bool:
    return bool(
        finding["level"] == Level.FAILURE and finding["enforcement"] == Enforcement.HARD and finding["item"] is not None
    )


def _line(entry: Entry, one: Mapping[str, Any], until: str, *, alone: bool) -> str:
    path = "" if alone else f" path={visible(str(entry['path']), 300).replace('`', ' ')}"
    return f"/tunegate waive {one['check']}{path} until={until} WHY IT MAY PASS"
