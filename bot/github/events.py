"""What does a webhook say? Every field is looked at before it is believed, for anyone may post and GitHub has changed its shapes."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from bot.ports import CommandGiven, Delivery, Heard, Installation, ReviewRequested
from bot.readiness.command import EXPLAIN, RECHECK, WAIVE, commands
from bot.readiness.policy_file import OF_OWNER, OF_REPOSITORY, OWNERS

_SAID = ("created", "edited", "deleted")
_GIVEN = {
    "submitted": ("approved", "changes_requested"),
    "dismissed": ("dismissed",),
}  # what others say changes nothing
_REVIEWED = ("opened", "reopened", "synchronize", "edited", "ready_for_review", "closed")
_ACTION = re.compile(r"[a-z][a-z0-9_]{0,63}")
_SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}/[A-Za-z0-9._-]{1,100}")
_ACCOUNT = re.compile(r"[A-Za-z0-9._-]{1,100}(\[bot\])?")
_MAX_ID = 2**63 - 1  # what a database keeps as bigint
_MAX_NUMBER = 2**31 - 1
_LISTED_COMMITS = 2048  # docs "webhook events, push": no more are listed

_Object = Mapping[str, object]


def hear(event: str, guid: str, payload: _Object, *, app_id: int | None = None, app_slug: str | None = None) -> Heard:
    """Put a webhook into our words. Never raises: what is not understood is a delivery that asks for nothing.

    With `app_id`, re-runs of other Apps' checks are not ours; with `app_slug`, our own doings ask for nothing.
    """
    payload = _object(payload)
    action = _text(payload.get("action"), _ACTION)
    installation_id = _id(_object(payload.get("installation")).get("id"))
    repo_id = _id(_object(payload.get("repository")).get("id"))
    issue = _object(payload.get("issue"))
    named = _object(payload.get("pull_request")) or (issue if isinstance(issue.get("pull_request"), Mapping) else {})
    number = _number(payload.get("number")) or _number(named.get("number"))
    delivery = Delivery(guid, event, action, installation_id, repo_id, number)
    if event == "installation":
        return Heard(delivery, installation=_installed(action, payload))
    if event == "installation_repositories":
        return Heard(delivery, installation=_moved(action, payload))
    if event == "push" and installation_id is not None:
        return Heard(delivery, policy_of=_policy_of(payload))
    if action is None or installation_id is None or repo_id is None:
        return Heard(delivery)
    if event == "pull_request" and action in _REVIEWED and number and not _is_own(payload, app_slug):
        return Heard(delivery, (ReviewRequested(installation_id, repo_id, number, f"{event}.{action}"),))
    if event in ("issue_comment", "pull_request_review") and number and _is_a_word(event, action, payload, app_slug):
        asked = ReviewRequested(installation_id, repo_id, number, f"{event}.{action}")
        return Heard(delivery, (asked,), command=_given(payload) if event == "issue_comment" else None)
    if event == "check_run" and action == "requested_action":
        return _pressed(delivery, payload, installation_id, repo_id, app_id)
    if event in ("check_run", "check_suite") and action == "rerequested":
        return _again(delivery, _object(payload.get(event)), installation_id, repo_id, app_id)
    return Heard(delivery)


def _policy_of(payload: _Object) -> str | None:
    """Name the repository whose policy a push may have changed: one to the default branch that names its file.

    A push may tell of no commits (forced) or of more than it lists: then it may have changed anything.
    """
    repository = _object(payload.get("repository"))
    name = _text(repository.get("full_name"), _NAME)
    if name is None or payload.get("ref") != f"refs/heads/{repository.get('default_branch')}":
        return None
    wanted = {OF_REPOSITORY} | ({OF_OWNER} if name.lower().endswith(f"/{OWNERS}") else set())
    commits = payload.get("commits")
    if payload.get("forced") is not False or not isinstance(commits, list) or not 0 < len(commits) < _LISTED_COMMITS:
        return name
    for commit in map(_object, commits):
        lists = [commit.get(kind) for kind in ("added", "modified", "removed")]
        if any(not isinstance(paths, list) or not wanted.isdisjoint(map(str, paths)) for paths in lists):
            return name
    return None


def _again(delivery: Delivery, checked: _Object, installation_id: int, repo_id: int, app_id: int | None) -> Heard:
    """Ask for a review of each pull request that is named; a fork's are not, then its commit has to do."""
    if app_id is not None and _id(_object(checked.get("app")).get("id")) != app_id:
        return Heard(delivery)
    listed = checked.get("pull_requests")
    numbers: dict[int, None] = {}  # each once, in GitHub's order
    for entry in map(_object, listed if isinstance(listed, list) else ()):
        number = _number(entry.get("number"))
        base = _object(_object(entry.get("base")).get("repo"))
        if number and _id(base.get("id")) == repo_id:  # the same commit may also stand in a fork's pull requests
            numbers[number] = None
    reason = f"{delivery.event}.{delivery.action}"
    reviews = tuple(ReviewRequested(installation_id, repo_id, number, reason, again=True) for number in numbers)
    return Heard(delivery, reviews, None if reviews else _text(checked.get("head_sha"), _SHA))


def _pressed(delivery: Delivery, payload: _Object, installation_id: int, repo_id: int, app_id: int | None) -> Heard:
    """Hear a button of our check run, which GitHub shows to those who may write: a re-run, or a command."""
    heard = _again(delivery, _object(payload.get("check_run")), installation_id, repo_id, app_id)
    button = _object(payload.get("requested_action")).get("identifier")
    if button == RECHECK:
        return heard
    sender = _object(payload.get("sender"))
    number, login = _id(sender.get("id")), _text(sender.get("login"), _ACCOUNT)
    if button not in (EXPLAIN, WAIVE) or sender.get("type") != "User" or number is None or login is None:
        return Heard(delivery)
    which = f"{WAIVE}:" if button == WAIVE else ""
    command = CommandGiven(f"button:{which}{delivery.guid}", login, number)
    return replace(heard, reviews=tuple(replace(each, again=False) for each in heard.reviews[:1]), command=command)


def _given(payload: _Object) -> CommandGiven | None:
    """Hear a command in a comment that is new and its sender's own; an edited one gives none, whoever edits it."""
    comment, sender = _object(payload.get("comment")), _object(payload.get("sender"))
    author = _object(comment.get("user"))
    comment_id, number, login = _id(comment.get("id")), _id(author.get("id")), _text(author.get("login"), _ACCOUNT)
    if payload.get("action") != "created" or comment_id is None or number is None or login is None:
        return None
    if author.get("type") != "User" or _id(sender.get("id")) != number:
        return None
    body = comment.get("body")
    return CommandGiven(f"comment:{comment_id}", login, number) if isinstance(body, str) and commands(body) else None


def _installed(action: str | None, payload: _Object) -> Installation | None:
    repositories = _repositories(payload.get("repositories"))
    if action == "deleted":
        return _installation(payload, "deleted", removed=repositories)
    suspended = action == "suspend" or (
        action != "unsuspend" and _object(payload.get("installation")).get("suspended_at") is not None
    )
    return _installation(payload, "suspended" if suspended else "active", added=repositories) if action else None


def _moved(action: str | None, payload: _Object) -> Installation | None:
    if action is None:
        return None
    suspended = _object(payload.get("installation")).get("suspended_at") is not None
    return _installation(
        payload,
        "suspended" if suspended else "active",
        added=_repositories(payload.get("repositories_added")),
        removed=_repositories(payload.get("repositories_removed")),
    )


def _installation(
    payload: _Object,
    state: Literal["active", "suspended", "deleted"],
    added: tuple[tuple[int, str, bool], ...] = (),
    removed: tuple[tuple[int, str, bool], ...] = (),
) -> Installation | None:
    said = _object(payload.get("installation"))
    account = _object(said.get("account"))
    name = _text(account.get("login"), _ACCOUNT) or _text(account.get("slug"), _ACCOUNT)  # an enterprise has a slug
    installation_id, account_id = _id(said.get("id")), _id(account.get("id"))
    if installation_id is None or account_id is None or name is None:
        return None
    return Installation(installation_id, name, account_id, state, added, removed)


def _repositories(said: object) -> tuple[tuple[int, str, bool], ...]:
    found = []
    for entry in map(_object, said if isinstance(said, list) else ()):
        repo_id, name = _id(entry.get("id")), _text(entry.get("full_name"), _NAME)
        if repo_id is not None and name is not None:
            found.append((repo_id, name, entry.get("private") is not False))  # unsaid counts as private
    return tuple(found)


def _is_a_word(event: str, action: str, payload: _Object, app_slug: str | None) -> bool:
    """Say whether somebody gave a command, or a review that decides, or took either back. The review reads what stands."""
    if _is_own(payload, app_slug):
        return False
    if event == "pull_request_review":
        return str(_object(payload.get("review")).get("state")).lower() in _GIVEN.get(action, ())
    comment, before = _object(payload.get("comment")), _object(_object(payload.get("changes")).get("body")).get("from")
    if action not in _SAID or _object(comment.get("user")).get("type") == "Bot":
        return False
    return any(commands(text) for text in (comment.get("body"), before) if isinstance(text, str))


def _is_own(payload: _Object, app_slug: str | None) -> bool:
    return app_slug is not None and _object(payload.get("sender")).get("login") == f"{app_slug}[bot]"


def _object(value: object) -> _Object:
    return value if isinstance(value, Mapping) else {}


def _text(value: object, form: re.Pattern[str]) -> str | None:
    return value if isinstance(value, str) and form.fullmatch(value) else None


def _id(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _MAX_ID else None


def _number(value: object) -> int | None:
    found = _id(value)
    return found if found is not None and found <= _MAX_NUMBER else None
