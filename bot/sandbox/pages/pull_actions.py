"""What can be done to a pull request in the browser? Commented, reviewed, renamed, merged, closed, reopened."""

from typing import Literal, get_args

from starlette.responses import Response

from bot.sandbox.conversation import ReviewEvent
from bot.sandbox.model import Permission, Pull
from bot.sandbox.pages.links import pull_address
from bot.sandbox.pages.pull_pages import conversation, files, the_pull
from bot.sandbox.pages.render import see
from bot.sandbox.pages.visit import Visit
from bot.sandbox.state import Refused, not_found

Method = Literal["merge", "squash", "rebase"]


def act(visit: Visit) -> Response:
    """Do what a form of the conversation asks for; a refusal is said there, with the typed text kept."""
    try:
        return see(_act(visit, the_pull(visit)))
    except Refused as refused:
        if refused.status == 404:
            raise
        return conversation(visit, refused)


def _act(visit: Visit, pull: Pull) -> str:
    who, form, world = visit.someone(), visit.form, visit.world
    _need_no_archive(pull)
    here = pull_address(pull)
    match visit.params["action"]:
        case "comment":
            return _comment(visit, pull)
        case "ready":
            _need_author_or(visit, pull, "write")
            world.ready_for_review(pull, who)
        case "edit":
            _need_author_or(visit, pull, "triage")
            if not form.get("title", "").strip():
                raise Refused(422, "Title can't be blank")
            world.edit_pull(pull, who, title=form["title"].strip(), body=form.get("description"))
        case "merge":
            visit.need(pull.repo, "write")
            method = next((each for each in get_args(Method) if each == form.get("method")), None)
            if method is None:
                raise Refused(422, "This is no way to merge.")
            world.merge(pull, who, method=method, sha=form.get("sha"))
        case "reply":
            return _reply(visit, pull)
        case _:
            raise not_found()
    return here


def _need_no_archive(pull: Pull) -> None:
    if pull.repo.archived:
        raise Refused(403, "Repository was archived so is read-only.")


def _need_author_or(visit: Visit, pull: Pull, level: Permission) -> None:
    if pull.issue.author is not visit.user:
        visit.need(pull.repo, level)


def _comment(visit: Visit, pull: Pull) -> str:
    """Comment, and close or reopen when the other button was pressed; an empty text is then no comment."""
    who, body, also = visit.someone(), visit.form.get("body", ""), visit.form.get("also")
    here = pull_address(pull)
    if also:
        _need_author_or(visit, pull, "triage")
        visit.world.edit_pull(pull, who, state="closed" if also == "close" else "open")
    if body.strip() or not also:
        here = f"{here}#issuecomment-{visit.world.comment(pull, who, body).id}"
    return here


def _reply(visit: Visit, pull: Pull) -> str:
    wanted = visit.form.get("to", "")
    to = next((each for each in visit.world.review_comments(pull) if str(each.id) == wanted), None)
    if to is None:
        raise not_found()
    answer = visit.world.reply(to, visit.someone(), visit.form.get("body", ""))
    return f"{pull_address(pull)}#discussion_r{answer.id}"


def review(visit: Visit) -> Response:
    """Submit a review, or comment on one line, from the changed files."""
    pull, form = the_pull(visit), visit.form
    try:
        _need_no_archive(pull)
        event = next((each for each in get_args(ReviewEvent) if each == form.get("event")), None)
        if event is None:
            raise Refused(422, "This is no kind of review.")
        made = visit.world.review(pull, visit.someone(), event, form.get("body", ""))
    except Refused as refused:
        return files(visit, refused)
    return see(f"{pull_address(pull)}#pullrequestreview-{made.id}")
