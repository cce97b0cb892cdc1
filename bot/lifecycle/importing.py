"""Which adapters does a file list that serve already? CSV or YAML; all that is wrong with it is told at its line, all at once."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bot.lifecycle.adapter import Particulars
from bot.lifecycle.dates import first_due
from bot.lifecycle.happening import Happening
from bot.lifecycle.stages import Event
from bot.readiness.period import length
from bot.readiness.schema.parts import KEBAB, MAX_KEBAB
from bot.readiness.strict_yaml import child, load
from bot.readiness.wording import meant

MAX_BYTES = 8 * 1024 * 1024  # house
MAX_ADAPTERS = 20_000  # house: in one file

COLUMNS = {
    "adapter": "kebab-case, unique in the account",
    "repository": "OWNER/NAME; the owner is the adapter's account",
    "owner": "login of who answers for it",
    "serving_since": "a day like 2026-08-25",
    "last_revalidated": "a day; from it the next deadline counts, else from serving_since",
    "revalidate_every": "a period like P3M, which is also the default",
    "backup": "login",
    "team": "ORGANISATION/TEAM",
    "leads": "logins and teams, with blanks between them",
    "base_model": "as a proposal writes it",
    "provider": "as a proposal writes it",
    "until": "the day until which the owner stays",
    "artifact": "where it is kept",
    "digest": "sha256 of what serves",
    "time_zone": "like Europe/Berlin; UTC by default",
}
"""What may stand in a file, and what it is."""

_NEEDED = ("adapter", "repository", "owner", "serving_since")
_LOGIN = r"[A-Za-z0-9][A-Za-z0-9_-]{0,38}"
_TEAM = r"[A-Za-z0-9-]{1,39}/[A-Za-z0-9._-]{1,100}"
_FORMS = {
    "adapter": f"{KEBAB[1:-1]}",
    "repository": r"[A-Za-z0-9_-]{1,39}/[A-Za-z0-9._-]{1,100}",
    "owner": _LOGIN,
    "backup": _LOGIN,
    "team": _TEAM,
    "leads": rf"({_LOGIN}|{_TEAM})(\s+({_LOGIN}|{_TEAM}))*",
    "revalidate_every": r"P(?=\d)(\d{1,3}Y)?(\d{1,3}M)?(\d{1,4}D)?",
    "digest": r"[0-9a-f]{64}",
    "time_zone": r"[A-Za-z]+(/[A-Za-z0-9_+-]+){0,2}",
}
_DAYS = ("serving_since", "last_revalidated", "until")
_LONGEST = 500  # characters of one value


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with a file, at its 1-based line."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Listed:
    """An adapter that a file lists, at its line."""

    line: int
    particulars: Particulars
    anchor: date
    artifact: str | None = None
    digest: str | None = None

    def happening(self, file: str, on: date, by: str) -> Happening:
        """Say what happens when it is imported on a day: it serves, and has been for long."""
        return Happening(
            Event.IMPORTED,
            on,
            by,
            particulars=self.particulars,
            since=self.anchor,
            artifact=self.artifact,
            digest=self.digest,
            proof={"file": file, "line": self.line},
        )


def read(raw: bytes, name: str, today: date) -> tuple[tuple[Listed, ...], tuple[Trouble, ...]]:
    """Read a file by the end of its name; never raises. Where anything is wrong nothing should be imported."""
    if len(raw) > MAX_BYTES:
        return (), (Trouble(1, f"The file is larger than {MAX_BYTES // 1024 // 1024} MiB: split it."),)
    troubles: list[Trouble] = []
    rows = _yaml(raw, troubles) if name.lower().endswith((".yaml", ".yml")) else _csv(raw, troubles)
    listed: dict[tuple[str, str], Listed] = {}
    for number, (line, row) in enumerate(rows):
        if number >= MAX_ADAPTERS:
            troubles.append(Trouble(line, f"More than {MAX_ADAPTERS:,} adapters: split the file."))
            break
        found = _listed(line, row, today, troubles)
        if found is None:
            continue
        first = listed.setdefault((found.particulars.account.lower(), found.particulars.name), found)
        if first is not found:
            troubles.append(Trouble(line, f"`{found.particulars.name}` stands at line {first.line} already."))
    return tuple(listed.values()), tuple(sorted(troubles, key=lambda one: one.line))


def _csv(raw: bytes, troubles: list[Trouble]) -> Iterator[tuple[int, Mapping[str, str]]]:
    try:
        reader = csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True)
        head = [(name or "").strip() for name in reader.fieldnames or ()]
        reader.fieldnames = head
        if not _known(1, head, troubles):
            return
        for row in reader:
            line = reader.line_num
            if row.pop(None, None) or any(value is None for value in row.values()):
                troubles.append(Trouble(line, f"The row has more or fewer than the {len(head)} cells of the head."))
                continue
            yield line, {name: str(value).strip() for name, value in row.items() if value}
    except (UnicodeDecodeError, csv.Error) as error:
        troubles.append(Trouble(1, f"This is no CSV in UTF-8: {error}."))


def _yaml(raw: bytes, troubles: list[Trouble]) -> Iterator[tuple[int, Mapping[str, str]]]:
    document = load(raw, max_bytes=MAX_BYTES)
    troubles += [Trouble(problem.line, problem.message) for problem in document.problems]
    data = document.data
    rows = data.get("adapters") if isinstance(data, dict) else None
    if not isinstance(rows, list):
        troubles.append(Trouble(1, "Write a list under `adapters:`."))
        return
    for number, row in enumerate(rows):
        at = child("adapters", number)
        line = document.lines.get(at, 1)
        if not isinstance(row, dict):
            troubles.append(Trouble(line, "Write one field a line, like `adapter: ticket-router`."))
        elif _known(line, row, troubles):
            yield line, {name: _plain(value) for name, value in row.items() if value is not None}


def _plain(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value).strip()


def _known(line: int, names: Any, troubles: list[Trouble]) -> bool:
    unknown = [str(name) for name in names if name not in COLUMNS]
    for name in unknown:
        hint = meant(name, COLUMNS) or f"There are: {', '.join(COLUMNS)}."
        troubles.append(Trouble(line, f"`{name[:60]}` is not known here. {hint}"))
    return not unknown


def _listed(line: int, row: Mapping[str, str], today: date, troubles: list[Trouble]) -> Listed | None:
    wrong = [f"`{name}` is missing: {COLUMNS[name]}." for name in _NEEDED if not row.get(name)]
    for name, value in row.items():
        if len(value) > (MAX_KEBAB if name == "adapter" else _LONGEST):
            wrong.append(f"`{name}` is too long.")
        elif name in _FORMS and not re.fullmatch(_FORMS[name], value):
            wrong.append(f"`{name}` is {value[:60]!r} and should be {COLUMNS[name]}.")
    days = {name: _day(name, row[name], wrong) for name in _DAYS if row.get(name)}
    anchor = days.get("last_revalidated") or days.get("serving_since")
    if anchor is not None and anchor > today:
        wrong.append(f"{anchor} is a day to come.")
    every = row.get("revalidate_every") or "P3M"
    if anchor is not None and not wrong:
        try:
            first_due(anchor, length(every))
        except (ValueError, OverflowError):
            wrong.append(f"`revalidate_every` is {every}, which is no time after which it could be revalidated.")
    if wrong or anchor is None:
        troubles += [Trouble(line, message) for message in wrong]
        return None
    particulars = Particulars(
        account=row["repository"].partition("/")[0],
        name=row["adapter"],
        repository=row["repository"],
        owner=row["owner"],
        every=every,
        backup=row.get("backup"),
        team=row.get("team"),
        leads=tuple(row.get("leads", "").split()),
        base_model=row.get("base_model"),
        provider=row.get("provider"),
        until=days.get("until"),
        time_zone=row.get("time_zone", "UTC"),
    )
    return Listed(line, particulars, anchor, row.get("artifact"), row.get("digest"))


def _day(name: str, value: str, wrong: list[str]) -> date | None:
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
            raise ValueError
        day = date.fromisoformat(value)
        if not 2000 <= day.year < 2200:
            raise ValueError
        return day
    except ValueError:
        wrong.append(f"`{name}` is {value[:60]!r} and should be a day like 2026-08-25.")
        return None


def replaced(listed: Listed, particulars: Particulars) -> Listed:
    """Put what is known besides into an entry: where its repository is."""
    return replace(listed, particulars=particulars)
