"""When did what a file says change? Read from its history, in which versions that mean the same are one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.readiness.eval_report import EvalReport
from bot.readiness.evidence import History, Version


@dataclass(frozen=True, slots=True)
class Began:
    """Since when a file says what it says. `changed` False: since it was first committed; `sure` False: or earlier still."""

    at: datetime
    changed: bool
    sure: bool


def moment(text: str | None) -> datetime | None:
    """Read an instant in ISO 8601 (without a zone: UTC) as one in UTC; None for what is none."""
    try:
        found = datetime.fromisoformat(text) if text else None
        return found and (found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC))
    except (ValueError, OverflowError):  # a zone can lead out of the calendar
        return None


def ran_at(report: EvalReport) -> datetime | None:
    """Say when a run was made: when it ended, else when it began; None where its artifact does not say."""
    return moment(report.finished_at) or moment(report.started_at)


def collapse(versions: Sequence[Version]) -> tuple[Version, ...]:
    """Make one of versions in a row (newest first) that mean the same: the oldest, with which the meaning came."""
    kept: list[Version] = []
    for version in versions:
        if kept and version.meaning is not None and version.meaning == kept[-1].meaning:
            kept.pop()
        kept.append(version)
    return tuple(kept)


def changed(history: History) -> tuple[Version, ...]:
    """List the versions that mean something else than the one before them, newest first.

    What was not read changes nothing, and a file that is first committed does not either.
    """
    versions = collapse(history.versions)
    return tuple(
        newer
        for newer, older in zip(versions, versions[1:], strict=False)
        if newer.meaning is not None and older.meaning is not None
    )


def began(history: History) -> Began | None:
    """Find since when a file says what it says now; None where no version is known.

    Where no version was read, each commit counts as a change.
    """
    versions = collapse(history.versions)
    at = moment(versions[0].committed_at) if versions else None
    if at is None:
        return None
    alone = len(versions) == 1
    unread = not alone and versions[0].meaning is not None and versions[1].meaning is None
    return Began(at, changed=not (alone and history.complete), sure=not unread and (not alone or history.complete))
