"""Does this file run by itself, and how often? A workflow, a CronJob, a pipeline, a DAG, or rules of a monitor.

Told by content. A file that merely speaks of a schedule holds none: cron expressions count where the tool looks for them,
and comments are left out.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bot.readiness import strict_yaml
from bot.readiness.ownership import Schedule
from bot.sources.cron import longest_gap
from bot.sources.strict_json import printable
from bot.sources.trouble import Unreadable

MAX_BYTES = strict_yaml.MAX_BYTES
_FIX = 'Link what runs on a schedule, like a workflow with `on: schedule: [{cron: "0 6 * * 1"}]`.'
_WORKFLOWS = ".github/workflows/"
_MOVE = "Move the workflow there, and link it as `/.github/workflows/NAME.yml`: with `/` a path begins at the root."
_MOST = 20  # expressions that are kept of one file
_MOST_DOCUMENTS = 50  # of one file: beyond them nobody reads it either
_DOCUMENTS = re.compile(r"^---[ \t]*$", re.MULTILINE)
# keys under which tools look for a schedule; a mapping or a list under them is walked
_KEYS = ("cron", "schedule", "schedules", "crons", "quartz_cron_expression", "cronschedule", "schedule_interval", "scheduleexpression", "schedule_expression")  # fmt: skip
# code says it as a keyword, a named field or a decorator: schedule="@daily", cron: '0 6 * * 1', @daily
_IN_CODE = re.compile(
    r"""\b(?:cron|cron_schedule|cron_expression|schedule|schedule_interval|schedule_expression)["']?\s*[=:]\s*(["'])(.{1,120}?)\1"""
)
_PROSE = re.compile(r"\.(md|markdown|mdx|rst|adoc|txt|html?|org|tex)$", re.IGNORECASE)
_COMMENT = re.compile(r"^\s*(#|//|--|\*|;).*$", re.MULTILINE)


def read(raw: bytes, name: str) -> Schedule:
    """Read when a file runs by itself; raises Unreadable where it does not, or nobody can tell.

    `name` is its path from the repository's root, or its address: a page of prose runs nothing, and neither does a workflow
    that lies where GitHub does not look for any.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("The file is not UTF-8 text.", _FIX) from error
    documents = [data for data in _documents(text) if isinstance(data, dict)]
    workflows = [data for data in documents if "on" in data and "jobs" in data]
    if workflows:
        if "://" not in name and not name.startswith(_WORKFLOWS):
            raise Unreadable(f"GitHub runs no workflow outside `{_WORKFLOWS}` at the repository's root.", _MOVE)
        return _of_workflow(workflows[0])
    if any(_evaluates(data) for data in documents):
        return Schedule("rules", (), 1)
    suspended = any(data.get("kind") == "CronJob" and _suspended(data) for data in documents)
    if suspended:
        raise Unreadable("The CronJob is suspended: it does not run.", "Set `suspend: false`.")
    found = [each for data in documents for each in _expressions(data)]
    if found:
        return _schedule("cron", found)
    if not _PROSE.search(name) and (found := [m[2] for m in _IN_CODE.finditer(_COMMENT.sub("", text))]):
        return _schedule("code", found)
    raise Unreadable("The file holds no schedule: it does not run by itself.", _FIX)


def _documents(text: str) -> Iterator[Any]:
    for part in _DOCUMENTS.split(text, _MOST_DOCUMENTS)[:_MOST_DOCUMENTS]:
        document = strict_yaml.load(part.encode())
        if not document.problems:
            yield document.data


def _of_workflow(data: Mapping[str, Any]) -> Schedule:
    """Read a GitHub workflow: only what stands under `on.schedule` lets it run by itself."""
    on = data["on"]
    listed = on.get("schedule") if isinstance(on, dict) else None
    found = [entry["cron"] for entry in _list(listed) if isinstance(entry, dict) and isinstance(entry.get("cron"), str)]
    if not found:
        names = ", ".join(f"`{printable(str(name), 40)}`" for name in _list(on)[:5])
        raise Unreadable(
            f"The workflow has no schedule: it runs on {names or 'nothing'}.",
            'Add `schedule: [{cron: "0 6 * * 1"}]` under its `on`.',
        )
    if not data["jobs"]:
        raise Unreadable("The workflow has no jobs: it does nothing.", "Give it the job that watches.")
    return _schedule("workflow", found)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else list(value) if isinstance(value, dict) else [value] if value else []


def _evaluates(data: Mapping[str, Any]) -> bool:
    """Say whether these are a monitor's rules, as Prometheus and its kin write them: groups of alerts and records."""
    spec = data.get("spec")
    groups = spec.get("groups") if isinstance(spec, dict) else data.get("groups")
    rules = [
        rule
        for group in (groups if isinstance(groups, list) else ())
        if isinstance(group, dict) and isinstance(group.get("rules"), list)
        for rule in group["rules"]
    ]
    return any(isinstance(rule, dict) and "expr" in rule and ("alert" in rule or "record" in rule) for rule in rules)


def _suspended(data: Mapping[str, Any]) -> bool:
    spec = data.get("spec")
    return isinstance(spec, dict) and spec.get("suspend") is True


def _expressions(value: Any, *, asked: bool = False) -> Iterator[str]:
    """Walk data for schedules: texts under the keys where tools look for them."""
    if isinstance(value, dict):
        for key, entry in value.items():
            named = key.lower().replace("-", "_") in _KEYS
            yield from _expressions(entry, asked=named)
    elif isinstance(value, list):
        for entry in value:
            yield from _expressions(entry, asked=asked)
    elif asked and isinstance(value, str):
        yield value


def _schedule(kind: str, found: list[str]) -> Schedule:
    """Keep what can be read; of several schedules the most frequent one says how long nobody looks."""
    gaps = {each.strip(): gap for each in found[:_MOST] if (gap := longest_gap(each)) is not None}
    if not gaps:
        told = printable(found[0], 60)
        raise Unreadable(f"`{told}` is no schedule that can be read.", 'Write five fields, like `cron: "0 6 * * 1"`.')
    return Schedule(kind, tuple(printable(each, 120) for each in gaps), min(gaps.values()))
