"""How does the answer reach the head commit? As one check run, begun and then completed, and a commit status that mirrors it.

What the ledger keeps of the check run as `body_hash` is one of three: `in_progress` after it was begun, `writing:` and
the digest while batches of annotations are on their way, and the digest alone once it is complete.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from github.GithubObject import NotSet

from bot.github.desk import Desk, digest
from bot.github.trouble import Refused
from bot.ports import Publication, PublicationKind
from bot.report.check_run import CheckRun
from bot.report.status import Status
from bot.report.words import BUTTONS, CHECK_RUN_NAME, POLICY_RUN_NAME, STATUS_CONTEXT

BATCH = 50  # annotations that GitHub takes in one request; each further request appends
_MAX_TITLE = 255  # docs "create a check run": of an annotation
_IN_PROGRESS = "in_progress"
_WRITING = "writing:"


@dataclass(frozen=True, slots=True)
class Run:
    """One of our check runs: its kind in the ledger, its name on GitHub, what it says while it runs, its buttons."""

    kind: PublicationKind
    name: str
    title: str
    summary: str
    buttons: tuple[Mapping[str, str], ...]


READINESS = Run(
    "check_run",
    CHECK_RUN_NAME,
    "Reading the proposal",
    "The proposal and its evidence are being read.",
    BUTTONS,
)
POLICY = Run(
    "policy_run",
    POLICY_RUN_NAME,
    "Judging open proposals by this policy",
    "The policy is read and tested, and open proposals are judged by it once more. Nothing of it counts yet.",
    BUTTONS[:1],
)


def begin(desk: Desk, details_url: str, of: Run = READINESS) -> None:
    """Show on the head that a review is running, once for a head; raises ForgeTrouble, Superseded."""
    head = desk.pull.head_sha
    known = desk.remembered(of.kind, head)
    if known is not None and (known.remote_id is not None or known.body_hash != _IN_PROGRESS):
        return
    found = _newest(desk, of) if known is not None else None
    if found is None or found["status"] == "completed":
        desk.remember(Publication(of.kind, head, None, _IN_PROGRESS, None))
        output = {"title": of.title, "summary": of.summary}
        run_id = _create(desk, of, details_url, {"status": "in_progress", "output": output})
    else:
        run_id = found["id"]
    desk.remember(Publication(of.kind, head, run_id, _IN_PROGRESS, None))


def complete(desk: Desk, rendered: CheckRun, review_id: str | None, details_url: str, of: Run = READINESS) -> None:
    """Complete the head's check run, or post a new one when another answer stands there already.

    A completed run is never written to again: annotations would pile up. Raises ForgeTrouble, Superseded.
    """
    head = desk.pull.head_sha
    content = _digest(rendered, details_url)
    known = desk.remembered(of.kind, head)
    run_id: int | None = None
    done = 0  # annotations that have arrived already
    if known is not None and known.body_hash == content and known.remote_id is not None:
        return
    if known is not None and known.remote_id is not None and known.body_hash == _IN_PROGRESS:
        run_id = known.remote_id
    elif known is not None and (known.remote_id is None or known.body_hash.startswith(_WRITING)):
        found = _newest(desk, of) if known.remote_id is None else _by_id(desk, known.remote_id)
        begun = known.body_hash == _WRITING + content and found is not None and _shows(found, rendered)
        if found is not None and begun and found["status"] == "completed":
            desk.remember(Publication(of.kind, head, found["id"], content, review_id))
            return
        if found is not None and found["status"] != "completed":
            run_id, done = found["id"], _annotated(found)
            if done and not begun:  # half of another answer, whose annotations cannot be taken back
                _cancel(desk, of, found["id"])
                run_id, done = None, 0
    desk.remember(Publication(of.kind, head, run_id, _WRITING + content, review_id))
    try:
        run_id = _write(desk, of, rendered, run_id, done, _WRITING + content, review_id, details_url)
    except Refused as refused:
        if refused.status != 404 or run_id is None:
            raise
        # the run is gone from GitHub: a new one takes its place
        run_id = _write(desk, of, rendered, None, 0, _WRITING + content, review_id, details_url)
    desk.remember(Publication(of.kind, head, run_id, content, review_id))


def mirror(desk: Desk, rendered: Status, review_id: str | None, details_url: str) -> None:
    """Set the commit status of the head where it differs; raises ForgeTrouble, Superseded."""
    head = desk.pull.head_sha
    content = digest(rendered.state, rendered.description)
    known = desk.remembered("status", head)
    if known is not None and known.body_hash == content:
        remote_id = known.remote_id if known.remote_id is not None else _posted_status(desk, rendered)
        if remote_id is not None:
            if known.remote_id is None:
                desk.remember(Publication("status", head, remote_id, content, review_id))
            return
    desk.remember(Publication("status", head, None, content, review_id))
    posted = desk.write(
        lambda repo: (
            repo.get_commit(head)
            .create_status(
                state=rendered.state,
                target_url=details_url or NotSet,
                description=rendered.description,
                context=STATUS_CONTEXT,
            )
            .id
        )
    )
    desk.remember(Publication("status", head, posted, content, review_id))


def _write(
    desk: Desk,
    of: Run,
    rendered: CheckRun,
    run_id: int | None,
    done: int,
    intent: str,
    review_id: str | None,
    details_url: str,
) -> int:
    """Write what is still missing, in batches; only the last completes the run, so that it never looks done too early."""
    total = len(rendered.annotations)
    starts = list(range(done, total, BATCH)) or [total]
    for start in starts:
        fields: dict[str, Any] = {"status": "in_progress", "output": _output(rendered, start)}
        if start == starts[-1]:
            fields |= {"status": "completed", "conclusion": rendered.conclusion}
        if run_id is None:
            run_id = _create(desk, of, details_url, fields)
            desk.remember(Publication(of.kind, desk.pull.head_sha, run_id, intent, review_id))
        else:
            _update(desk, of, run_id, details_url, fields)
    assert run_id is not None  # noqa: S101  # there is always at least one batch
    return run_id


def _output(rendered: CheckRun, start: int) -> dict[str, Any]:
    output: dict[str, Any] = {"title": rendered.title, "summary": rendered.summary}
    if rendered.text:
        output["text"] = rendered.text
    batch = rendered.annotations[start : start + BATCH]
    if batch:
        output["annotations"] = [
            {
                "path": annotation.path,
                "start_line": annotation.line,
                "end_line": annotation.line,
                "annotation_level": annotation.level,
                "title": annotation.title[:_MAX_TITLE],
                "message": annotation.message,
            }
            for annotation in batch
        ]
    return output


def _create(desk: Desk, of: Run, details_url: str, fields: Mapping[str, Any]) -> int:
    return desk.write(
        lambda repo: (
            repo.create_check_run(
                name=of.name,
                head_sha=desk.pull.head_sha,
                external_id=_external_id(desk),
                details_url=details_url or NotSet,
                actions=[dict(button) for button in of.buttons],
                **fields,
            ).id
        )
    )


def _update(desk: Desk, of: Run, run_id: int, details_url: str, fields: Mapping[str, Any]) -> None:
    buttons = [dict(button) for button in of.buttons]  # GitHub forgets those that an update does not name
    desk.write(
        lambda repo: repo.get_check_run(run_id).edit(details_url=details_url or NotSet, actions=buttons, **fields)
    )


def _cancel(desk: Desk, of: Run, run_id: int) -> None:
    output = {"title": "Superseded", "summary": "A newer review of this commit has taken over."}
    _update(desk, of, run_id, "", {"status": "completed", "conclusion": "cancelled", "output": output})


def _external_id(desk: Desk) -> str:
    # the same commit may head two pull requests: the number tells their runs apart
    return f"{desk.pull.number}:{desk.pull.head_sha}"


def _newest(desk: Desk, of: Run) -> dict[str, Any] | None:
    """Find our newest check run of this pull request's head on GitHub."""
    runs = desk.listed(
        f"/commits/{desk.pull.head_sha}/check-runs",
        {"check_name": of.name, "app_id": desk.app_id, "filter": "all"},
        "check_runs",
    )
    own = [run for run in runs if run.get("external_id") == _external_id(desk) and isinstance(run.get("id"), int)]
    return max(own, key=lambda run: int(run["id"]), default=None)


def _by_id(desk: Desk, run_id: int) -> dict[str, Any] | None:
    try:
        found = desk.client.get(f"/repos/{desk.pull.repository}/check-runs/{run_id}")
    except Refused as refused:
        if refused.status == 404:
            return None
        raise
    return found if isinstance(found, dict) and found.get("id") == run_id else None


def _annotated(run: Mapping[str, Any]) -> int:
    count = (run.get("output") or {}).get("annotations_count")
    return count if isinstance(count, int) else 0


def _shows(run: Mapping[str, Any], rendered: CheckRun) -> bool:
    """Say whether a run on GitHub holds this answer, as far as it has got."""
    output = run.get("output") or {}
    there = digest(_flat(output.get("title")), _flat(output.get("summary")), without=str(run.get("details_url") or ""))
    ours = digest(_flat(rendered.title), _flat(rendered.summary))
    if run["status"] != "completed":
        return there == ours
    return there == ours and (run.get("conclusion"), _annotated(run)) == (
        rendered.conclusion,
        len(rendered.annotations),
    )


def _flat(text: object) -> str:
    return text.replace("\r\n", "\n").strip() if isinstance(text, str) else ""


def _posted_status(desk: Desk, rendered: Status) -> int | None:
    """Find the status that an interrupted write may have left: ours, the newest of our context, saying the same."""
    for status in desk.listed(f"/commits/{desk.pull.head_sha}/statuses"):
        if status.get("context") == STATUS_CONTEXT and desk.is_own(status.get("creator")):
            same = (status.get("state"), status.get("description")) == (rendered.state, rendered.description)
            return status["id"] if same and isinstance(status.get("id"), int) else None
    return None


def _digest(rendered: CheckRun, details_url: str) -> str:
    annotations = [f"{a.path}\n{a.line}\n{a.level}\n{a.title}\n{a.message}" for a in rendered.annotations]
    parts = (rendered.conclusion, rendered.title, rendered.summary, rendered.text, *annotations)
    return digest(*parts, without=details_url)
