"""What does somebody ask to waive, until when, and why? Read from the words behind `/tunegate waive`; what cannot be is told."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from bot.readiness.wording import count

LEAST_REASON, MOST_REASON = 20, 500  # characters, house: "wontfix" is no reason, and nobody reads a page

FORM = "`/tunegate waive CHECK until=YYYY-MM-DD why it may pass`"
_OPTION = re.compile(r"(until|path)=(\S*)", re.IGNORECASE)
_NAME = re.compile(r"[Ww]?([0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class Request:
    """A waiver as asked for. `path` names the proposal where there are several."""

    check: str
    until: date
    reason: str
    path: str | None = None


class Refused(ValueError):
    """A request cannot be taken; the message is a sentence or two for whoever asked, with what to do."""


def read(words: str, *, today: date, max_days: int) -> Request:
    """Read a request; raises Refused. `today` is the date where the policy's time zone has it, `max_days` the policy's most."""
    if sign := next((c for c in words if _is_hidden(c)), None):
        name = unicodedata.name(sign, "a sign without a name").lower()
        raise Refused(f"There is a sign in it that cannot be seen (U+{ord(sign):04X}, {name}). Type the line anew.")
    parts = words.split()
    options = [match for part in parts if (match := _OPTION.fullmatch(part))]
    rest = [part for part in parts if not _OPTION.fullmatch(part)]
    given = {match[1].lower(): match[2] for match in options}
    if len(given) < len(options):
        raise Refused(f"`until` or `path` stands twice in it. Write {FORM}.")
    if not rest:
        raise Refused(f"Say which check, like this: {FORM}.")
    reason = " ".join(rest[1:])
    if "until" not in given:
        raise Refused(f"Say until when, at most {count(max_days, 'day')} from now: {FORM}.")
    return Request(
        check=rest[0].strip("`").lower(),
        until=_until(given["until"], today, max_days),
        reason=_reason(reason),
        path=given.get("path") or None,
    )


def number(words: str) -> int | None:
    """Read a waiver's name, like W12; None for what is none."""
    match = _NAME.fullmatch(words.strip().strip("`"))
    return int(match[1]) if match else None


def _until(text: str, today: date, max_days: int) -> date:
    last = today + timedelta(days=max_days)
    if max_days <= 0:
        raise Refused("The policy lets nothing be waived (`waivers.max_days` is 0).")
    try:
        until = date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII) else None
    except ValueError:
        until = None
    if until is None:
        raise Refused(f"`until={text[:40].replace('`', ' ')}` is no date. Write it as YYYY-MM-DD, up to {last}.")
    if until < today:
        raise Refused(f"{until} is past. Name a day from today up to {last}.")
    if until > last:
        raise Refused(
            f"{until} is too far off: the policy allows {count(max_days, 'day')}, up to {last}. Ask again then."
        )
    return until


def _reason(text: str) -> str:
    if len(text) < LEAST_REASON:
        raise Refused(f"Say why it may pass, in at least {LEAST_REASON} characters, for whoever approves it: {FORM}.")
    if len(text) > MOST_REASON:
        raise Refused(f"The reason has {len(text):,} characters, of at most {MOST_REASON}. Say it shorter.")
    return text


def _is_hidden(sign: str) -> bool:
    return unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") and sign != "\t"
