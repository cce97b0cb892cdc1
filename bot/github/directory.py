"""Who is an account, and what ties it to the repository? Asked of GitHub, and kept for a day when the tie holds."""

import re
from collections.abc import Mapping
from datetime import date
from threading import Lock
from urllib.parse import quote

from bot.github.client import Client
from bot.github.trouble import Refused
from bot.ports import Clock, ForgeTrouble
from bot.readiness.evidence import Fact, Grade, Known, Person, Source, Trouble, Unavailable

_LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98}[A-Za-z0-9])?(?:\[bot\])?")  # with `_` for managed accounts
_MAX_KEPT = 10_000  # people; beyond it the day's memory starts anew

Key = tuple[int, int, str]
"""Installation, repository, login in lower case: what one installation may see is nothing to another."""


class PeopleOfTheDay:
    """The people that were found able to own, until the day ends (UTC). Safe to share between threads.

    Whoever has no tie yet is asked for again each time: it may have been made a minute ago, because we said so.
    """

    def __init__(self, clock: Clock) -> None:
        """Take the clock that says which day it is."""
        self._clock = clock
        self._lock = Lock()
        self._day: date | None = None
        self._kept: dict[Key, Known[Person]] = {}

    def find(self, key: Key) -> Known[Person] | None:
        """Find whoever was kept today."""
        with self._lock:
            return self._kept.get(key) if self._day == self._clock.today() else None

    def keep(self, key: Key, found: Known[Person]) -> None:
        """Keep a person who may own."""
        if not found.value.may_own:
            return
        with self._lock:
            if self._day != self._clock.today() or len(self._kept) >= _MAX_KEPT:
                self._day, self._kept = self._clock.today(), {}
            self._kept[key] = found


class PeopleOfRepository:
    """People as one installation sees them from one repository."""

    def __init__(
        self, client: Client, repository: str, organization: str | None, key: tuple[int, int], people: PeopleOfTheDay
    ) -> None:
        """Take the repository (`owner/name`), its organisation if an organisation owns it, and the day's memory."""
        self._client = client
        self._repository = repository
        self._organization = organization
        self._key = key
        self._people = people

    def person(self, login: str) -> Fact[Person]:
        """Look an account up, with its tie to the repository. Never raises for GitHub's sake."""
        key = (*self._key, login.lower())
        kept = self._people.find(key)
        if kept is not None:
            return kept
        try:
            found = self._look_up(login)
        except ForgeTrouble as trouble:
            return Unavailable(f"`{login}` could not be looked up now: {trouble.reason}.", Trouble.PASSING)
        if isinstance(found, Known):
            self._people.keep(key, found)
        return found

    def _look_up(self, login: str) -> Fact[Person]:
        missing = Unavailable(f"GitHub knows no account `{login}`.", Trouble.DEFINITIVE, "Correct the login.")
        if not _LOGIN.fullmatch(login):
            return missing
        try:
            account = self._client.get(f"/users/{quote(login, safe='')}")
        except Refused as refused:
            if refused.status == 404:
                return missing
            raise
        if not isinstance(account, Mapping) or not isinstance(account.get("id"), int):
            raise ForgeTrouble("GitHub's answer holds no account")
        name, kind = str(account.get("login") or login), str(account.get("type") or "")
        if kind != "User":  # a bot or an organisation owns nothing, whatever its ties
            return self._known(Person(name, account["id"], kind, member=False, permission="none"))
        member = self._is_member(name)
        if isinstance(member, bool) and member:
            return self._known(Person(name, account["id"], kind, member=True, permission="none"))
        permission = self._permission(name)
        if isinstance(permission, Unavailable):
            return permission
        person = Person(name, account["id"], kind, member=False, permission=permission)
        # a collaborator with write may own in any case: only else does the membership that we may not see matter
        return member if isinstance(member, Unavailable) and not person.may_own else self._known(person)

    def _is_member(self, login: str) -> bool | Unavailable:
        if self._organization is None:
            return False
        organization = quote(self._organization, safe="")
        try:
            status = self._client.status_of(f"/orgs/{organization}/members/{login}")
            if status == 302:  # docs "check organization membership": we may see public members only
                public = self._client.status_of(f"/orgs/{organization}/public_members/{login}")
                return True if public == 204 else _forbidden("members: read", f"whether `{login}` is a member")
        except Refused as refused:
            if refused.status == 403:
                return _forbidden("members: read", f"whether `{login}` is a member")
            raise
        return status == 204

    def _permission(self, login: str) -> str | Unavailable:
        try:
            said = self._client.get(f"/repos/{self._repository}/collaborators/{login}/permission")
        except Refused as refused:
            if refused.status == 404:
                return "none"
            if refused.status == 403:
                return _forbidden("metadata: read", f"which permission `{login}` has")
            raise
        permission = said.get("permission") if isinstance(said, Mapping) else None
        if not isinstance(permission, str):
            raise ForgeTrouble("GitHub's answer holds no permission")
        return permission

    def _known(self, person: Person) -> Known[Person]:
        return Known(person, Source(f"github:{person.login}", Grade.A))  # GitHub itself is the witness


def _forbidden(permission: str, what: str) -> Unavailable:
    return Unavailable(
        f"The App may not see {what}.",
        Trouble.PASSING,
        f"An administrator grants the App the permission `{permission}` in the organisation's settings.",
    )
