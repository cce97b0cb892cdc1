"""What is a command answered? Help, and the explanation of a check: its question, what was found here, what counts, what to do."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.readiness.check import Check
from bot.readiness.command import COMMANDS
from bot.readiness.finding import Item, Outcome
from bot.readiness.verdict import Level
from bot.readiness.wording import meant
from bot.report import waiving, words
from bot.report.markdown import Markdown, code, cut, text

MAX_REPLY = 10_000  # characters; a page of a check is a few thousand
MAX_EXPLAINED = 3  # house: checks in one answer, as many as there are next steps

HELP = Markdown(
    "Commands, each on a line of its own in a new comment:\n\n"
    "| command | what it does | who may give it |\n|---|---|---|\n"
    "| `/tunegate explain CHECK` | what a check asks, what it found here, and what to do; of an item (`eval`, `behavior`, "
    "`data`, `owner`, `cost`) how each of its checks stands | the author, whoever may write |\n"
    "| `/tunegate recheck` | review this pull request anew, also where nothing has changed | the author, whoever may write |\n"
    "| `/tunegate waive CHECK until=YYYY-MM-DD WHY` | ask that what a soft check found may pass until that day | the author, "
    "whoever may write |\n"
    "| `/tunegate approve W12` | approve a waiver that was asked for | whoever the policy names, never somebody with a part "
    "in it |\n"
    "| `/tunegate unwaive W12` | end a waiver | the author, whoever may write |\n"
    "| `/tunegate own` | answer for the adapter that names you as owner or backup | the person named |\n"
    "| `/tunegate help` | this | the author, whoever may write |"
)
TOO_SOON = Markdown("This pull request was looked at anew less than a minute ago; its check run is of now.")


def unknown(name: str) -> Markdown:
    """Say that there is no such command."""
    parts = (f"There is no command {code(name)}.", meant(name, COMMANDS, "/tunegate "), "`/tunegate help` lists them.")
    return Markdown(" ".join(part for part in parts if part))


def explained(about: str, checks: Sequence[Check], verdict: Mapping[str, Any] | None) -> Markdown:
    """Explain a check or an item by name, with what the newest review found; `verdict` None: nothing was reviewed yet."""
    wanted = about.strip().lower().strip("`")
    entries = verdict["proposals"] if verdict else ()
    if wanted in tuple(Item):
        return _bounded([_item(Item(wanted), checks, entries)])
    if found := [check for check in checks if check.id == wanted]:
        return _bounded([_check(found[0], entries), *_how_to_ask(wanted, verdict)])
    if own := _findings(entries, wanted):  # a rule of the organisation's own has no page
        return _bounded([Markdown(f"### {code(wanted)}"), *map(_found, own), *_how_to_ask(wanted, verdict)])
    names = [*(check.id for check in checks), *Item]
    if not wanted:
        return Markdown(_what(checks))
    parts = (f"There is no check {code(wanted[:80])}.", meant(wanted, names, "/tunegate explain "))
    return Markdown(" ".join(part for part in parts if part))


def _how_to_ask(check: str, verdict: Mapping[str, Any] | None) -> list[Markdown]:
    """Say how a check is waived where it stands against a proposal."""
    if verdict is None:
        return []
    approvers, entries = verdict["policy"].get("approvers") or {}, verdict["proposals"]
    told = [waiving.how_to_ask(entry, check, approvers, alone=len(entries) == 1) for entry in entries]
    return [each for each in told if each is not None]


def what_fails(checks: Sequence[Check], verdict: Mapping[str, Any] | None) -> Markdown:
    """Explain what stands against the proposals, the first three checks."""
    entries = verdict["proposals"] if verdict else ()
    failing = dict.fromkeys(f["check"] for e in entries for f in e["findings"] if f["level"] == Level.FAILURE)
    known = [check for check in checks if check.id in failing]
    if not known:
        return Markdown("No check stands against this pull request.")
    more = len(known) - MAX_EXPLAINED
    rest = [Markdown(f"And {more} more: `/tunegate explain CHECK` explains each.")] if more > 0 else []
    return _bounded([*(_check(check, entries) for check in known[:MAX_EXPLAINED]), *rest])


def _what(checks: Sequence[Check]) -> str:
    return f"Name a check, like `/tunegate explain {checks[0].id}`, or an item: {', '.join(f'`{i}`' for i in Item)}."


def _item(item: Item, checks: Sequence[Check], entries: Sequence[Mapping[str, Any]]) -> Markdown:
    lines = [f"### {words.ITEM_TITLE[item]}: {words.ITEM_QUESTION[item]}\n"]
    for check in checks:
        if check.item is item:
            found = sorted({f["outcome"] for f in _findings(entries, check.id)})
            marks = " ".join(words.OUTCOME_MARK[Outcome(outcome)] for outcome in found) or "not asked here"
            lines.append(f"- {marks} {code(check.id)}: {check.title}")
    return Markdown("\n".join(lines))


def _check(check: Check, entries: Sequence[Mapping[str, Any]]) -> Markdown:
    body = re.sub(r"^## ", "#### ", check.doc.strip().partition("\n")[2].strip(), flags=re.MULTILINE)
    found = "\n".join(map(_found, _findings(entries, check.id))) or "It was not asked here."
    return Markdown(f"### {code(check.id)}: {check.title}\n\n{found}\n\n{body}")


def _findings(entries: Sequence[Mapping[str, Any]], check: str) -> list[dict[str, Any]]:
    return [{**f, "path": e["path"]} for e in entries for f in e["findings"] if f["check"] == check]


def _found(finding: Mapping[str, Any]) -> Markdown:
    mark = words.OUTCOME_MARK[Outcome(finding["outcome"])]
    said = f"{mark} {text(finding['message'])}" + (f" Remark: {text(finding['remark'])}" if finding["remark"] else "")
    todo = f" **{text(finding['fix'])}**" if finding["fix"] and finding["outcome"] != Outcome.PASSED else ""
    return Markdown(f"- {said}{todo} ({code(finding['path'] + ':' + str(finding['line']))})")


def _bounded(parts: Sequence[str]) -> Markdown:
    return Markdown(cut("\n\n".join(parts), MAX_REPLY, "Cut for its length."))
