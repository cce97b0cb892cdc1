"""What does GitHub refuse that its description does not tell a machine? Rules of its prose and of its limits page.

Each rule looks at one request alone: whether a line stands in a diff, or a commit in a repository, the stand-ins judge.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

_COMMENT = 65_536  # characters of a comment's body; one more is answered with 422
_DETAILS = 64 * 1024  # bytes; docs "create a check run": of an annotation's message and raw_details
_ANNOTATION_TITLE = 255  # characters; same place
_STATUS_DESCRIPTION = 140
_PER_PAGE = 100  # docs "using pagination"; the schema knows no maximum

Body = Mapping[str, Any]


def refusals(method: str, template: str, query: Mapping[str, str], body: Any) -> list[str]:
    """Say what GitHub would refuse of a request whose form is right."""
    found = list(_query(query))
    rule = _RULES.get((method, template.removeprefix("/repos/{owner}/{repo}")))
    if rule is not None and isinstance(body, dict):
        found += rule(body)
    return found


def _query(query: Mapping[str, str]) -> Iterator[str]:
    if query.get("per_page", "1").isdecimal() and not 1 <= int(query.get("per_page", "1")) <= _PER_PAGE:
        yield f"query.per_page: GitHub gives 1 to {_PER_PAGE} a page"
    if query.get("page") == "0":
        yield "query.page: pages are counted from 1"


def _token(body: Body) -> Iterator[str]:
    if body.get("permissions") == {}:
        yield "body.permissions: an empty object asks for a token without any right; leave it out for all of them"


def _comment(body: Body) -> Iterator[str]:
    if len(body.get("body") or "") > _COMMENT:
        yield f"body.body: longer than {_COMMENT} characters"


def _status(body: Body) -> Iterator[str]:
    if len(body.get("description") or "") > _STATUS_DESCRIPTION:
        yield f"body.description: longer than {_STATUS_DESCRIPTION} characters"


def _check_run(body: Body) -> Iterator[str]:
    if (body.get("status") == "completed" or "completed_at" in body) and "conclusion" not in body:
        yield "body.conclusion: required for a completed run"
    if "conclusion" in body and body.get("status", "completed") != "completed":
        yield "body.status: a conclusion completes the run"
    if body.get("conclusion") == "stale":
        yield "body.conclusion: only GitHub sets `stale`"
    output = body.get("output")
    annotations = output.get("annotations") if isinstance(output, dict) else None
    for n, annotation in enumerate(annotations if isinstance(annotations, list) else ()):
        if isinstance(annotation, dict):
            for problem in _annotation(annotation):
                yield f"body.output.annotations[{n}].{problem}"


def _annotation(said: Body) -> Iterator[str]:
    for name in ("message", "raw_details"):
        if len((said.get(name) or "").encode()) > _DETAILS:
            yield f"{name}: larger than {_DETAILS} bytes"
    if len(said.get("title") or "") > _ANNOTATION_TITLE:
        yield f"title: longer than {_ANNOTATION_TITLE} characters"
    start, end = said.get("start_line"), said.get("end_line")
    if isinstance(start, int) and isinstance(end, int) and not 1 <= start <= end:
        yield "start_line: lines are counted from 1, and the start comes first"
    if start != end and said.keys() & {"start_column", "end_column"}:
        yield "start_column: columns are for an annotation of one line"


def _review(body: Body) -> Iterator[str]:
    if body.get("event") in ("COMMENT", "REQUEST_CHANGES") and not body.get("body"):
        yield f"body.body: required for {body['event']}"
    yield from _comment(body)
    comments = body.get("comments")
    for n, comment in enumerate(comments if isinstance(comments, list) else ()):
        if isinstance(comment, dict):
            for problem in _remark(comment):
                yield problem.replace("body.", f"body.comments[{n}].", 1)


def _remark(said: Body) -> Iterator[str]:
    yield from _comment(said)
    if "line" not in said and "position" not in said and said.get("subject_type") != "file":
        yield "body.line: a comment needs its line"
    if said.get("side", "RIGHT") not in ("LEFT", "RIGHT"):
        yield "body.side: LEFT or RIGHT"
    start, line = said.get("start_line"), said.get("line")
    if isinstance(start, int) and isinstance(line, int) and start >= line:
        yield "body.start_line: comes before line"


_RULES: Mapping[tuple[str, str], Callable[[Body], Iterator[str]]] = {
    ("POST", "/app/installations/{installation_id}/access_tokens"): _token,
    ("POST", "/check-runs"): _check_run,
    ("PATCH", "/check-runs/{check_run_id}"): _check_run,
    ("POST", "/statuses/{sha}"): _status,
    ("POST", "/issues"): _comment,
    ("PATCH", "/issues/{issue_number}"): _comment,
    ("POST", "/issues/{issue_number}/comments"): _comment,
    ("PATCH", "/issues/comments/{comment_id}"): _comment,
    ("POST", "/pulls/{pull_number}/comments"): _remark,
    ("POST", "/pulls/{pull_number}/comments/{comment_id}/replies"): _comment,
    ("PATCH", "/pulls/comments/{comment_id}"): _comment,
    ("POST", "/pulls/{pull_number}/reviews"): _review,
    ("PUT", "/pulls/{pull_number}/reviews/{review_id}"): _comment,
    ("POST", "/pulls/{pull_number}/reviews/{review_id}/events"): _comment,
}
