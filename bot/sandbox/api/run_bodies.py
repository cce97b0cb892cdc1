"""What may a check run say? Its fields, with the limits that GitHub sets (docs: create and update a check run)."""

from collections.abc import Mapping
from typing import Literal

from bot.sandbox.api.fields import Fields
from bot.sandbox.checks import Output, RunChange
from bot.sandbox.model import Annotation
from bot.sandbox.state import Refused

MOST_ANNOTATIONS = 50  # in one request
LONGEST_OUTPUT = 65_535  # characters of a summary and of a text
LARGEST_MESSAGE = 64 * 1024  # bytes of an annotation's message and of its details
LONGEST_TITLE = 255  # characters of an annotation's title
MOST_ACTIONS = 3

_STATUSES = ("queued", "in_progress", "completed")
_CONCLUSIONS = ("action_required", "cancelled", "failure", "neutral", "success", "skipped", "timed_out")
_LEVELS: tuple[Literal["notice", "warning", "failure"], ...] = ("notice", "warning", "failure")


def change(body: Fields, *, new: bool) -> RunChange:
    """Read what a request makes of a check run; raises Refused 422."""
    details_url = body.text_or_none("details_url")
    if details_url and not details_url.startswith(("http://", "https://")):
        raise body.refused("details_url must use http or https scheme")
    return RunChange(
        name=body.text("name") if new else body.text_or_none("name"),
        details_url=details_url,
        external_id=body.text_or_none("external_id"),
        status=body.one_of_or_none("status", _STATUSES),
        conclusion=body.one_of_or_none("conclusion", _CONCLUSIONS),
        started_at=body.instant("started_at"),
        completed_at=body.instant("completed_at"),
        output=_output(body.object_or_none("output"), new=new),
        actions=_actions(body) if "actions" in body else None,
    )


def _output(said: Fields | None, *, new: bool) -> Output | None:
    if said is None:
        return None
    title = said.text("title") if new else said.text_or_none("title")
    summary, text = said.text("summary", LONGEST_OUTPUT), said.text_or_none("text", LONGEST_OUTPUT)
    remarks = said.objects("annotations", MOST_ANNOTATIONS)
    return Output(title, summary, text, tuple(_annotation(each) for each in remarks))


def _annotation(said: Fields) -> Annotation:
    start, end = said.number("start_line"), said.number("end_line")
    if not 1 <= start <= end:
        raise said.refused("start_line must be at least 1, and not after end_line")
    first, last = said.number_or_none("start_column"), said.number_or_none("end_column")
    if start != end and (first, last) != (None, None):
        raise said.refused("start_column and end_column are for an annotation of one line")
    return Annotation(
        path=said.text("path"),
        start_line=start,
        end_line=end,
        level=said.one_of("annotation_level", _LEVELS),
        message=_within(said, "message", said.text("message")),
        title=said.text_or_none("title", LONGEST_TITLE),
        raw_details=_within(said, "raw_details", said.text_or_none("raw_details") or "") or None,
        start_column=first,
        end_column=last,
    )


def _within(said: Fields, name: str, text: str) -> str:
    if len(text.encode()) > LARGEST_MESSAGE:
        raise said.refused(f"{name} is larger than {LARGEST_MESSAGE} bytes")
    return text


def _actions(body: Fields) -> tuple[Mapping[str, str], ...]:
    return tuple(
        {
            "label": each.text("label", 20),
            "description": each.text("description", 40),
            "identifier": each.text("identifier", 20),
        }
        for each in body.objects("actions", MOST_ACTIONS)
    )


def require_app_of(run_app_id: int, own_app_id: int) -> None:
    """Refuse an App that would write to another App's check run."""
    if run_app_id != own_app_id:
        what = "check run can only be modified by the GitHub App that created it."
        raise Refused(403, f"Invalid app_id `{own_app_id}` - {what}")
