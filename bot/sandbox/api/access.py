"""May the caller do this here? Whatever may not be seen is not there; whatever may be seen but not done is forbidden."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from starlette.routing import compile_path

from bot.sandbox.api.call import Answer, Call
from bot.sandbox.api.callers import AsApp, AsClient, AsInstallation, AsUser, Nobody, forbidden, undecodable
from bot.sandbox.model import App, Installation, Permission, Repo, Token
from bot.sandbox.state import Refused, not_found

Level = Literal["read", "write"]
_compiled = cache(compile_path)


@dataclass(frozen=True, slots=True)
class Needs:
    """What a request needs: of an App one of `permissions` at `level`, of a user a permission in the repository."""

    level: Level
    permissions: tuple[str, ...]
    user: Permission


def reading(*permissions: str, user: Permission = "read") -> Needs:
    """Need to read."""
    return Needs("read", permissions, user)


def writing(*permissions: str, user: Permission = "write") -> Needs:
    """Need to write."""
    return Needs("write", permissions, user)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method at one address."""

    method: str
    template: str
    action: Callable[[Call], Answer]

    def match(self, method: str, path: str) -> dict[str, str | int] | None:
        """Read the parts of a path that this endpoint is for; None if it is not."""
        pattern, _, convertors = _compiled(self.template)
        matched = pattern.match(path) if method == self.method else None
        if matched is None:
            return None
        try:
            return {name: convertors[name].convert(value) for name, value in matched.groupdict().items()}
        except ValueError:  # thousands of digits are no number of anything
            return None

    @property
    def literal(self) -> int:
        """Count the characters that have to be there: of two that match, the one with more is meant."""
        return len(re.sub(r"\{[^}]*\}", "", self.template))


def anyone(method: str, template: str, action: Callable[[Call], Answer]) -> Endpoint:
    """Make an endpoint that decides by itself who may ask."""
    return Endpoint(method, template, action)


def as_app(method: str, template: str, action: Callable[[Call, App], Answer]) -> Endpoint:
    """Make an endpoint for an App itself, by its JWT."""

    def checked(call: Call) -> Answer:
        if not isinstance(call.caller, AsApp):
            raise undecodable()
        return action(call, call.caller.app)

    return Endpoint(method, template, checked)


def in_repo(method: str, tail: str, action: Callable[[Call, Repo], Answer], needs: Needs) -> Endpoint:
    """Make an endpoint of a repository."""
    return Endpoint(method, "/repos/{owner}/{repo}" + tail, lambda call: action(call, enter(call, needs)))


def enter(call: Call, needs: Needs) -> Repo:
    """Find the repository of a request, if the caller may do there what it needs; raises Refused."""
    repo = repository(call)
    _check(call, repo, needs)
    return repo


def repository(call: Call) -> Repo:
    """Find the repository that a path names, if the caller may see it; raises Refused 404, or 301 for a former name."""
    name = f"{call.text('owner')}/{call.text('repo')}"
    try:
        repo = call.world.repo(name)
    except Refused:
        moved = call.world.repos.get(call.world.moved.get(name.lower(), 0))
        if moved is None or not sees(call, moved):
            raise not_found() from None
        tail = call.path.removeprefix(f"/repos/{name}")
        where = f"{call.world.api_url}/repositories/{moved.id}{tail}"
        status = 301 if call.method == "GET" else 307
        said = "Moved Permanently" if status == 301 else "Temporary Redirect"
        raise Refused(status, said, headers={"Location": where}) from None
    if not sees(call, repo):
        raise not_found()
    return repo


def sees(call: Call, repo: Repo) -> bool:
    """Say whether a repository is there for the caller."""
    match call.caller:
        case AsUser(user):
            return call.world.may(repo, user, "read")
        case AsInstallation(installation, token):
            return not repo.private or opens(installation, token, repo)
        case Nobody() | AsClient():
            return not repo.private
        case AsApp(app):
            return not repo.private or call.world.installation_of(app, repo) is not None


def opens(installation: Installation, token: Token, repo: Repo) -> bool:
    """Say whether a token is for a repository."""
    return installation.covers(repo) and (token.repos is None or repo.id in token.repos)


def _check(call: Call, repo: Repo, needs: Needs) -> None:
    if repo.archived and needs.level == "write":
        raise Refused(403, "Repository was archived so is read-only.")
    match call.caller:
        case AsUser(user):
            if not call.world.may(repo, user, needs.user):
                raise Refused(403, f"Must have {needs.user} access to {repo.full_name}.")
        case AsInstallation(installation, token):
            granted = opens(installation, token, repo) and any(
                has(token, name, needs.level) for name in needs.permissions
            )
            if not granted and (repo.private or needs.level == "write"):
                raise forbidden(*(f"{name}={needs.level}" for name in needs.permissions))
        case AsApp() | AsClient():
            raise forbidden()
        case Nobody():
            if needs.level == "write" or needs.user != "read":
                raise Refused(401, "Requires authentication")


def has(token: Token, permission: str, level: Level) -> bool:
    """Say whether a token has a permission of an App."""
    return token.permissions.get(permission) in (("read", "write", "admin") if level == "read" else ("write", "admin"))
