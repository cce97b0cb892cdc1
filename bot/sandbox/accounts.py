"""Who is there, who belongs to whom, and what may they do?"""

import re
import secrets
from typing import Literal

from bot.sandbox.model import LEVELS, Account, Kind, Membership, Permission, Repo, Team, Token
from bot.sandbox.state import Refused, State, locked, not_found


class Accounts(State):
    """Users, organisations, teams, collaborators, and the tokens of users."""

    @locked
    def create_user(self, login: str, name: str | None = None) -> Account:
        """Create a user."""
        return self._create_account(login, "User", name)

    @locked
    def create_org(self, login: str, name: str | None = None, *, default_permission: Permission = "read") -> Account:
        """Create an organisation; `default_permission` is what members may do in every repository."""
        org = self._create_account(login, "Organization", name)
        org.default_permission = default_permission
        return org

    def _create_account(self, login: str, kind: Kind, name: str | None = None) -> Account:
        if any(account.login.lower() == login.lower() for account in self.accounts.values()):
            raise Refused(422, f"the login {login} is taken")
        account = Account(self.next_id(), login, kind, name or login, self.now())
        self.accounts[account.id] = account
        return account

    @locked
    def rename_user(self, account: Account, login: str) -> None:
        """Give an account another login; its id stays, the old login is free."""
        account.login = login

    @locked
    def suspend(self, account: Account, suspended: bool = True) -> None:
        """Suspend an account, or take it back."""
        account.suspended = suspended

    @locked
    def delete_user(self, account: Account) -> None:
        """Remove a user and every tie to organisations, teams and repositories."""
        del self.accounts[account.id]
        self.memberships = {key: each for key, each in self.memberships.items() if each.user is not account}
        for team in self.teams.values():
            team.members.pop(account.id, None)
        for repo in self.repos.values():
            repo.collaborators.pop(account.id, None)
        self.tokens = {key: each for key, each in self.tokens.items() if each.user is not account}

    @locked
    def add_member(
        self,
        org: Account,
        user: Account,
        role: Literal["admin", "member"] = "member",
        *,
        public: bool = False,
        state: Literal["active", "pending"] = "active",
    ) -> Membership:
        """Make a user a member (or, with state "pending", invite them)."""
        membership = Membership(org, user, role, public, state)
        self.memberships[org.id, user.id] = membership
        return membership

    @locked
    def remove_member(self, org: Account, user: Account) -> None:
        """Take a user out of an organisation and its teams."""
        self.memberships.pop((org.id, user.id), None)
        for team in self.teams.values():
            if team.org is org:
                team.members.pop(user.id, None)

    @locked
    def create_team(self, org: Account, name: str, *members: Account) -> Team:
        """Create a team of members of an organisation."""
        slug = re.sub(r"[^a-z0-9_]+", "-", name.lower()).strip("-")
        team = Team(self.next_id(), org, name, slug, self.now(), {user.id: "member" for user in members})
        self.teams[team.id] = team
        return team

    @locked
    def team(self, org: Account, slug: str) -> Team:
        """Find a team; raises Refused 404."""
        for team in self.teams.values():
            if team.org is org and team.slug == slug:
                return team
        raise not_found()

    @locked
    def add_collaborator(self, repo: Repo, user: Account, permission: Permission = "write") -> None:
        """Let a user work in a repository."""
        repo.collaborators[user.id] = permission

    @locked
    def add_team_repo(self, team: Team, repo: Repo, permission: Permission = "write") -> None:
        """Let a team work in a repository."""
        team.repos[repo.id] = permission

    @locked
    def token_for(self, user: Account) -> str:
        """Make a personal access token."""
        token = Token("ghp_" + secrets.token_urlsafe(30), user=user)
        self.tokens[token.text] = token
        return token.text

    @locked
    def is_member(self, org: Account, user: Account | None) -> bool:
        """Say whether a user is an active member."""
        membership = None if user is None else self.memberships.get((org.id, user.id))
        return membership is not None and membership.state == "active"

    @locked
    def permission(self, repo: Repo, user: Account | None) -> Permission:
        """Work out a user's highest permission in a repository, of every source."""
        found: list[Permission] = ["none" if repo.private else "read"]
        if user is not None and not user.suspended:
            membership = self.memberships.get((repo.owner.id, user.id))
            if repo.owner is user or (membership and membership.state == "active" and membership.role == "admin"):
                return "admin"
            if membership and membership.state == "active":
                found.append(repo.owner.default_permission)
            found.append(repo.collaborators.get(user.id, "none"))
            found.extend(team.repos.get(repo.id, "none") for team in self.teams.values() if user.id in team.members)
        return max(found, key=LEVELS.index)

    @locked
    def may(self, repo: Repo, user: Account | None, needed: Permission) -> bool:
        """Say whether a user has at least a permission."""
        return LEVELS.index(self.permission(repo, user)) >= LEVELS.index(needed)

    @locked
    def association(self, repo: Repo, user: Account) -> str:
        """Work out GitHub's `author_association`."""
        if repo.owner is user:
            return "OWNER"
        if self.is_member(repo.owner, user):
            return "MEMBER"
        if user.id in repo.collaborators:
            return "COLLABORATOR"
        merged = any(pull.issue.author is user and pull.merged_at for pull in repo.pulls.values())
        return "CONTRIBUTOR" if merged else "NONE"
