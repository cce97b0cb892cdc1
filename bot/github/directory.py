"""Who is an account or a team, and what ties it to the repository? Asked of GitHub, and kept for a day when the tie holds."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from threading import Lock
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec

from bot.github import consents
from bot.github.client import Client
from bot.github.trouble import Refused
from bot.ports import Clock, ForgeTrouble, KnownPeople, PullRequest
from bot.readiness.fact import Fact, Grade, Known, Source, Trouble, Unavailable
from bot.readiness.ownership import Consent, Person, Team

T = TypeVar("T", Person, Team)

_LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98}[A-Za-z0-9])?(?:\[bot\])?")  # with `_` for managed accounts
_SLUG = re.compile(r"[A-Za-z0-9._-]{1,100}")
_MAX_APPROVERS = 20  # house: of whom it is asked whether they are leads; each costs a call
_MAX_KEPT = 10_000  # people and teams; beyond it the day's memory starts anew

Key = tuple[int, int, str]
"""Installation, repository, name in lower case: what one installation may see is nothing to another."""


class PeopleOfTheDay:
    """The people that were found able to own, and the teams, until the day ends (UTC). Safe to share between threads.

    With a `known` memory all workers share it; without one it is this process's own. Whoever has no tie yet is asked for
    again each time: it may have been made a minute ago, because we said so.
    """

    def __init__(self, clock: Clock, known: KnownPeople | None = None) -> None:
        """Take the clock that says which day it is, and the memory."""
        self._clock = clock
        self._known = known
        self._lock = Lock()
        self._day: date | None = None
        self._kept: dict[Key, Known[Any]] = {}

    def find(self, key: Key, kind: type[T]) -> Known[T] | None:
        """Find whoever was kept today."""
        with self._lock:
            found = self._kept.get(key) if self._day == self._clock.today() else None
        if found is not None:
            return found
        before = self._before(key)
        if before is None or before["day"] != self._clock.today().isoformat():
            return None
        try:
            fact = Known(msgspec.convert(before["value"], kind), msgspec.convert(before["source"], Source))
        except msgspec.ValidationError:  # kept by another release, which knew of other things
            return None
        self._hold(key, fact)
        return fact

    def former_id(self, key: Key) -> int | None:
        """Recall the number of the account that had this login when it was last found, on whichever day."""
        before = self._before(key)
        return None if before is None else int(before["value"]["id"])

    def keep(self, key: Key, found: Known[Person] | Known[Team]) -> None:
        """Keep a person who may own, or a team."""
        if isinstance(found.value, Person) and not found.value.may_own:
            return
        self._hold(key, found)
        if self._known is not None:
            kept: Any = msgspec.to_builtins({"value": found.value, "source": found.source})
            self._known.keep(key[1], _name(key), {"day": self._clock.today().isoformat(), **kept})

    def _hold(self, key: Key, found: Known[Any]) -> None:
        with self._lock:
            if self._day != self._clock.today() or len(self._kept) >= _MAX_KEPT:
                self._day, self._kept = self._clock.today(), {}
            self._kept[key] = found

    def _before(self, key: Key) -> Mapping[str, Any] | None:
        return None if self._known is None else self._known.find(key[1], _name(key))


def _name(key: Key) -> str:
    return f"{'team' if '/' in key[2] else 'person'}:{key[2]}"


class DirectoryOfPull:
    """People as one installation sees them from one pull request."""

    def __init__(self, client: Client, pull: PullRequest, organization: str | None, people: PeopleOfTheDay) -> None:
        """Take the pull request as read, the organisation if one owns its repository, and the day's memory."""
        self._client = client
        self._pull = pull
        self._organization = organization
        self._people = people
        self._found: dict[str, Fact[Person]] = {}  # in this job, whatever their tie
        self._approving: list[Consent] | None = None

    def person(self, login: str) -> Fact[Person]:
        """Look an account up, with its tie to the repository. Never raises for GitHub's sake."""
        if login.lower() not in self._found:
            self._found[login.lower()] = self._person(login)
        return self._found[login.lower()]

    def _person(self, login: str) -> Fact[Person]:
        kept = self._people.find(self._key(login), Person)
        if kept is not None:
            return kept
        try:
            found = self._look_up(login)
        except ForgeTrouble as trouble:
            return Unavailable(f"`{login}` could not be looked up now: {trouble.reason}.", Trouble.PASSING)
        if isinstance(found, Known):
            self._people.keep(self._key(login), found)
        return found

    def team(self, name: str) -> Fact[Team]:
        """Look a team of the repository's organisation up, by `organisation/team`. Never raises for GitHub's sake."""
        kept = self._people.find(self._key(name), Team)
        if kept is not None:
            return kept
        organization, _, slug = name.partition("/")
        if self._organization is None:
            return Unavailable(
                "The repository belongs to a person, who has no teams.", Trouble.DEFINITIVE, "Leave the team out."
            )
        if organization.lower() != self._organization.lower() or not _SLUG.fullmatch(slug) or not slug.strip("."):
            return Unavailable(
                f"`{name}` is no team of the organisation `{self._organization}`.",
                Trouble.DEFINITIVE,
                f"Write `{self._organization}/TEAM`, as in the address of the team's page.",
            )
        try:
            found = self._team(name, slug)
        except ForgeTrouble as trouble:
            return Unavailable(f"The team `{name}` could not be looked up now: {trouble.reason}.", Trouble.PASSING)
        if isinstance(found, Known):
            self._people.keep(self._key(name), found)
        return found

    def consents(self, logins: Sequence[str]) -> Fact[tuple[Consent, ...]]:
        """List who stands behind the pull request; asks no further once each of these people is found to.

        Never raises for GitHub's sake.
        """
        people = [self.person(login) for login in logins]
        known = frozenset(person.value.id for person in people if isinstance(person, Known))
        wanted = known if all(isinstance(person, Known) for person in people) else frozenset()
        try:
            found = consents.all_of(self._client, self._pull, wanted, self._approvals)
        except ForgeTrouble as trouble:
            return Unavailable(f"Reviews and comments could not be read now: {trouble.reason}.", Trouble.PASSING)
        return Known(found, Source(f"github:{self._pull.repository}#{self._pull.number}", Grade.A))

    def approving_leads(self, named: Sequence[str]) -> Fact[tuple[Consent, ...]]:
        """List the leads who approve the pull request, as far as one at its head; never raises for GitHub's sake.

        Of an approver whose lead nobody could tell the answer waits, unless another lead approves.
        """
        found: list[Consent] = []
        trouble: Unavailable | None = None
        try:
            for approval in self._approvals()[:_MAX_APPROVERS]:
                leads = False if approval.id == self._pull.author_id else self._leads(approval.login, named)
                if isinstance(leads, Unavailable):
                    trouble = leads
                elif leads:
                    found.append(approval)
                if leads is True and approval.commit == self._pull.head_sha:
                    break
        except ForgeTrouble as caught:
            return Unavailable(f"Reviews could not be read now: {caught.reason}.", Trouble.PASSING)
        if trouble is not None and not found:
            return trouble
        return Known(tuple(found), Source(f"github:{self._pull.repository}#{self._pull.number}", Grade.A))

    def is_one_of(self, login: str, named: Sequence[str]) -> bool:
        """Say whether an account is named, or in a team that is; nobody named: whether it administers the repository.

        Raises ForgeTrouble where nobody can tell.
        """
        said = self._leads(login, named)
        if isinstance(said, Unavailable):
            raise ForgeTrouble(said.reason)
        return said

    def _approvals(self) -> list[Consent]:
        if self._approving is None:
            self._approving = consents.approvals(self._client, self._pull)
        return self._approving

    def _leads(self, login: str, named: Sequence[str]) -> bool | Unavailable:
        """Say whether an account is one of the leads; raises ForgeTrouble."""
        if not named:
            permission = self._permission(login)
            return permission if isinstance(permission, Unavailable) else permission == "admin"
        if login.lower() in {name.lower() for name in named}:
            return True
        trouble: Unavailable | None = None
        for team in (name for name in named if "/" in name):
            member = self._is_in_team(login, team)
            if member is True:
                return True
            trouble = member if isinstance(member, Unavailable) else trouble
        return False if trouble is None else trouble

    def _is_in_team(self, login: str, team: str) -> bool | Unavailable:
        organization, _, slug = team.partition("/")
        ours = organization.lower() == (self._organization or "").lower() != ""  # of others we see no team
        if not ours or not _SLUG.fullmatch(slug) or not slug.strip("."):
            return False
        path = f"/orgs/{quote(organization, safe='')}/teams/{slug.lower()}/memberships/{quote(login, safe='')}"
        try:
            said = self._client.get(path)
        except Refused as refused:
            if refused.status == 404:
                return False
            if refused.status == 403:
                return _forbidden("members: read", f"whether `{login}` is in the team `{team}`")
            raise
        return isinstance(said, Mapping) and said.get("state") == "active"

    def _key(self, name: str) -> Key:
        return self._pull.installation_id, self._pull.repo_id, name.lower()

    def _look_up(self, login: str) -> Fact[Person]:
        if not _LOGIN.fullmatch(login):
            return _missing(login)
        try:
            account = self._client.get(f"/users/{quote(login, safe='')}")
        except Refused as refused:
            if refused.status == 404:
                return self._gone(login)
            raise
        if not isinstance(account, Mapping) or not isinstance(account.get("id"), int):
            raise ForgeTrouble("GitHub's answer holds no account")
        if account.get("suspended_at"):  # told by an Enterprise Server; github.com shows such an account to nobody
            return Unavailable(f"The account `{login}` is suspended.", Trouble.DEFINITIVE, "Name another person.")
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

    def _gone(self, login: str) -> Unavailable:
        """Say what became of a login that is no more: its account may have been renamed since it was last found."""
        number = self._people.former_id(self._key(login))
        if number is None:
            return _missing(login)
        try:
            account = self._client.get(f"/user/{number}")
        except Refused as refused:
            if refused.status != 404:
                raise
            account = {}
        now = account.get("login") if isinstance(account, Mapping) else None
        if not isinstance(now, str):
            return Unavailable(
                f"GitHub shows the account `{login}` no more: it was deleted, or is suspended.",
                Trouble.DEFINITIVE,
                "Name another person.",
            )
        return Unavailable(f"`{login}` is called `{now}` by now.", Trouble.DEFINITIVE, f"Write `{now}`.")

    def _team(self, name: str, slug: str) -> Fact[Team]:
        organization = quote(self._organization or "", safe="")
        try:
            said = self._client.get(f"/orgs/{organization}/teams/{slug.lower()}")
        except Refused as refused:
            if refused.status == 404:
                return Unavailable(
                    f"The organisation has no team `{name}`.", Trouble.DEFINITIVE, "Correct the team, or leave it out."
                )
            if refused.status == 403:
                return _forbidden("members: read", f"the team `{name}`")
            raise
        if not isinstance(said, Mapping) or not isinstance(said.get("id"), int):
            raise ForgeTrouble("GitHub's answer holds no team")
        members = said.get("members_count")
        team = Team(str(said.get("slug") or slug), said["id"], members if isinstance(members, int) else None)
        return Known(team, Source(f"github:{name}", Grade.A))

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
            said = self._client.get(f"/repos/{self._pull.repository}/collaborators/{login}/permission")
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


def _missing(login: str) -> Unavailable:
    return Unavailable(f"GitHub knows no account `{login}`.", Trouble.DEFINITIVE, "Correct the login.")


def _forbidden(permission: str, what: str) -> Unavailable:
    return Unavailable(
        f"The App may not see {what}.",
        Trouble.PASSING,
        f"An administrator grants the App the permission `{permission}` in the organisation's settings.",
    )
