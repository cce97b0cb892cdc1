"""How are issues, and the comments on issues and pull requests, read and written through the API?"""

from typing import Literal

from bot.sandbox.api.access import in_repo, reading, writing
from bot.sandbox.api.call import Answer, Call, created, done, found, ok
from bot.sandbox.api.callers import AsUser, author
from bot.sandbox.conversation import LONGEST_BODY
from bot.sandbox.model import Account, Comment, Issue, Repo
from bot.sandbox.representations import conversation as described
from bot.sandbox.state import Refused, invalid, not_found

_LONGEST_TITLE = 256
_STATES: tuple[Literal["open", "closed"], ...] = ("open", "closed")


def _issue_of(call: Call, repo: Repo) -> Issue:
    wanted = call.number("issue_number")
    return found(repo.issues.values(), lambda each: each.number == wanted)


def _list(call: Call, repo: Repo) -> Answer:
    query = call.query
    state, labels = query.get("state", "open"), {name for name in query.get("labels", "").split(",") if name}
    shown = [each for each in repo.issues.values() if state in ("all", each.state) and labels <= set(each.labels)]
    if creator := query.get("creator"):
        shown = [each for each in shown if each.author.login.lower() == creator.lower()]
    shown.sort(key=lambda issue: issue.number, reverse=query.get("direction", "desc") == "desc")
    return call.listed(shown, lambda each: described.issue(call.world, each))


def _create(call: Call, repo: Repo) -> Answer:
    who, app = author(call.caller)
    title, body = call.body.text("title"), call.body.text_or_none("body")
    _check_lengths(title, body)
    assignees = _assignable(call, repo)
    issue = call.world.open_issue(repo, title, who, body, labels=tuple(call.body.texts("labels")))
    issue.app = app
    issue.assignees = assignees
    return created(described.issue(call.world, issue))


def _assignable(call: Call, repo: Repo) -> tuple[Account, ...]:
    """Find who is to be assigned; raises Refused 422 when one of them cannot be, and then nobody is."""
    logins = call.body.texts("assignees") if "assignees" in call.body else []
    able = {login.lower(): _may_be_assigned(call, repo, login) for login in logins}
    if not all(able.values()):
        raise invalid("Issue", "assignees")
    return tuple(account for account in able.values() if account is not None)


def _may_be_assigned(call: Call, repo: Repo, login: str) -> Account | None:
    known = next((each for each in call.world.accounts.values() if each.login.lower() == login.lower()), None)
    return known if known is not None and call.world.may(repo, known, "read") else None


def _is_assignee(call: Call, repo: Repo) -> Answer:
    if _may_be_assigned(call, repo, call.text("assignee")) is None:
        raise not_found()
    return done()


def _check_lengths(title: str | None, body: str | None) -> None:
    if title is not None and not 0 < len(title) <= _LONGEST_TITLE:
        raise invalid("Issue", "title", "custom", f"title is too long (maximum is {_LONGEST_TITLE} characters)")
    if body is not None and len(body) > LONGEST_BODY:
        raise invalid("Issue", "body", "custom", f"body is too long (maximum is {LONGEST_BODY} characters)")


def _get(call: Call, repo: Repo) -> Answer:
    return ok(described.issue(call.world, _issue_of(call, repo)))


def _update(call: Call, repo: Repo) -> Answer:
    issue, body, who = _issue_of(call, repo), call.body, author(call.caller)[0]
    _require_own(call, repo, issue)
    title, text, state = body.text_or_none("title"), body.text_or_none("body"), body.one_of_or_none("state", _STATES)
    _check_lengths(title, text)
    assignees = _assignable(call, repo)
    if issue.number in repo.pulls:
        call.world.edit_pull(repo.pulls[issue.number], who, title=title, body=text, state=state)
    else:
        issue.title, issue.body = title or issue.title, issue.body if text is None else text
        issue.updated_at = call.world.now()
        if state is not None and state != issue.state:
            call.world.set_issue_state(issue, state)
    if "labels" in body:
        issue.labels = tuple(body.texts("labels"))
    if "assignees" in body:
        issue.assignees = assignees
    return ok(described.issue(call.world, issue))


def _require_own(call: Call, repo: Repo, said: Issue | Comment) -> None:
    who = author(call.caller)[0]
    if isinstance(call.caller, AsUser) and said.author is not who and not call.world.may(repo, who, "write"):
        raise Refused(403, "Must have push access to change what somebody else wrote.")


def _comments(call: Call, repo: Repo) -> Answer:
    return call.listed(call.world.comments(_issue_of(call, repo)), lambda each: described.comment(call.world, each))


def _comment(call: Call, repo: Repo) -> Answer:
    issue, (who, app) = _issue_of(call, repo), author(call.caller)
    return created(described.comment(call.world, call.world.comment(issue, who, call.body.text("body"), app=app)))


def _comment_of(call: Call, repo: Repo) -> Comment:
    wanted = call.number("comment_id")
    return found(repo.comments.values(), lambda each: each.id == wanted)


def _get_comment(call: Call, repo: Repo) -> Answer:
    return ok(described.comment(call.world, _comment_of(call, repo)))


def _edit_comment(call: Call, repo: Repo) -> Answer:
    said = _comment_of(call, repo)
    _require_own(call, repo, said)
    call.world.edit_comment(said, author(call.caller)[0], call.body.text("body"))
    return ok(described.comment(call.world, said))


def _delete_comment(call: Call, repo: Repo) -> Answer:
    said = _comment_of(call, repo)
    _require_own(call, repo, said)
    call.world.delete_comment(said, author(call.caller)[0])
    return done()


def _react(call: Call, repo: Repo) -> Answer:
    content = call.body.one_of("content", described.REACTIONS)
    reaction, new = call.world.react(_comment_of(call, repo), author(call.caller)[0], content)
    return (created if new else ok)(described.reaction(call.world, reaction))


# either permission will do: every pull request is an issue too (docs: permissions required for GitHub Apps)
_READING = reading("issues", "pull_requests")
_WRITING = writing("issues", "pull_requests", user="read")

ENDPOINTS = (
    in_repo("GET", "/assignees/{assignee}", _is_assignee, _READING),
    in_repo("GET", "/issues", _list, _READING),
    in_repo("POST", "/issues", _create, writing("issues", user="read")),
    in_repo("GET", "/issues/{issue_number:int}", _get, _READING),
    in_repo("PATCH", "/issues/{issue_number:int}", _update, _WRITING),
    in_repo("GET", "/issues/{issue_number:int}/comments", _comments, _READING),
    in_repo("POST", "/issues/{issue_number:int}/comments", _comment, _WRITING),
    in_repo("GET", "/issues/comments/{comment_id:int}", _get_comment, _READING),
    in_repo("PATCH", "/issues/comments/{comment_id:int}", _edit_comment, _WRITING),
    in_repo("DELETE", "/issues/comments/{comment_id:int}", _delete_comment, _WRITING),
    in_repo("POST", "/issues/comments/{comment_id:int}/reactions", _react, _WRITING),
)
