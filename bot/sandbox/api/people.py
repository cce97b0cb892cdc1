"""Who is a person, who belongs to an organisation or a team, and who works in a repository?"""

from bot.sandbox.api.access import anyone, has, in_repo, reading
from bot.sandbox.api.call import Answer, Call, done, found, ok
from bot.sandbox.api.callers import AsInstallation, AsUser, Nobody, forbidden
from bot.sandbox.model import Account, Membership, Repo, Team
from bot.sandbox.representations import accounts as described
from bot.sandbox.state import Refused, not_found


def _me(call: Call) -> Answer:
    match call.caller:
        case AsUser(user):
            return ok(described.full_user(call.world, user))
        case Nobody():
            raise Refused(401, "Requires authentication")
        case _:
            raise forbidden()


def _account(call: Call) -> Account:
    account = call.world.account(call.text("username"))
    if account.suspended:  # nobody but its owner sees a suspended account
        raise not_found()
    return account


def _user(call: Call) -> Answer:
    return ok(described.full_user(call.world, _account(call)))


def _user_by_id(call: Call) -> Answer:
    wanted = call.number("account_id")
    account = found(call.world.accounts.values(), lambda each: each.id == wanted and not each.suspended)
    return ok(described.full_user(call.world, account))


def _org(call: Call) -> Account:
    org = call.world.account(call.text("org"))
    if org.kind != "Organization":
        raise not_found()
    return org


def _organization(call: Call) -> Answer:
    return ok(described.full_organization(call.world, _org(call)))


def _sees_members(call: Call, org: Account) -> bool:
    """Say whether hidden members are shown; raises Refused 403 for an App at work there that may not see people."""
    match call.caller:
        case AsUser(user):
            return call.world.is_member(org, user)
        case AsInstallation(installation, token) if installation.account is org:
            if not has(token, "members", "read"):
                raise forbidden("members=read")
            return True
        case _:
            return False


def _active(call: Call, org: Account) -> list[Membership]:
    listed = [each for each in call.world.memberships.values() if each.org is org and each.state == "active"]
    return [each for each in listed if not each.user.suspended]


def _members(call: Call) -> Answer:
    org = _org(call)
    all_of_them = _sees_members(call, org)
    shown = [each.user for each in _active(call, org) if all_of_them or each.public]
    return call.listed(shown, lambda user: described.simple_user(call.world, user))


def _public_members(call: Call) -> Answer:
    shown = [each.user for each in _active(call, _org(call)) if each.public]
    return call.listed(shown, lambda user: described.simple_user(call.world, user))


def _is_member(call: Call) -> Answer:
    org, login = _org(call), call.text("username")
    if not _sees_members(call, org):
        where = f"{call.world.api_url}/orgs/{org.login}/public_members/{login}"
        return Answer(302, headers={"Location": where})
    found(_active(call, org), lambda each: each.user.login.lower() == login.lower())
    return done()


def _is_public_member(call: Call) -> Answer:
    login = call.text("username").lower()
    found(_active(call, _org(call)), lambda each: each.public and each.user.login.lower() == login)
    return done()


def _membership(call: Call) -> Answer:
    org = _org(call)
    if not _sees_members(call, org):
        raise Refused(403, "You must be a member of this organization to see it.")
    user = call.world.account(call.text("username"))
    member = call.world.memberships.get((org.id, user.id))
    if member is None:
        raise not_found()
    return ok(described.membership(call.world, member))


def _teams_of(call: Call) -> tuple[Account, list[Team]]:
    org = _org(call)
    if not _sees_members(call, org):
        raise not_found()
    return org, [team for team in call.world.teams.values() if team.org is org]


def _teams(call: Call) -> Answer:
    _, teams = _teams_of(call)
    return call.listed(teams, lambda each: described.team(call.world, each))


def _team_of(call: Call) -> Team:
    _, teams = _teams_of(call)
    return found(teams, lambda each: each.slug == call.text("team_slug"))


def _team(call: Call) -> Answer:
    return ok(described.full_team(call.world, _team_of(call)))


def _team_members(call: Call) -> Answer:
    members = _team_of(call).members
    shown = [call.world.accounts[each] for each in members if not call.world.accounts[each].suspended]
    return call.listed(shown, lambda user: described.simple_user(call.world, user))


def _team_membership(call: Call) -> Answer:
    team, user = _team_of(call), call.world.account(call.text("username"))
    if user.id not in team.members:
        raise not_found()
    return ok(described.team_membership(call.world, team, user))


def _collaborators(call: Call, repo: Repo) -> Answer:
    people = [each for each in call.world.accounts.values() if each.kind == "User" and not each.suspended]
    ties = [each for each in people if _is_tied(call, repo, each)]
    return call.listed(ties, lambda user: described.collaborator(call.world, repo, user))


def _is_tied(call: Call, repo: Repo, user: Account) -> bool:
    """Say whether a user may do more in a repository than anybody may."""
    teams = [team for team in call.world.teams.values() if repo.id in team.repos and user.id in team.members]
    is_member = call.world.is_member(repo.owner, user) and call.world.permission(repo, user) != "none"
    return repo.owner is user or user.id in repo.collaborators or bool(teams) or is_member


def _is_collaborator(call: Call, repo: Repo) -> Answer:
    user = _account(call)
    if not _is_tied(call, repo, user):
        raise not_found()
    return done()


def _permission(call: Call, repo: Repo) -> Answer:
    try:
        user = _account(call)
    except Refused:
        raise Refused(404, f"{call.text('username')} is not a user") from None
    return ok(described.permission_of(call.world, repo, user))


ENDPOINTS = (
    anyone("GET", "/user", _me),
    anyone("GET", "/user/{account_id:int}", _user_by_id),
    anyone("GET", "/users/{username}", _user),
    anyone("GET", "/orgs/{org}", _organization),
    anyone("GET", "/orgs/{org}/members", _members),
    anyone("GET", "/orgs/{org}/members/{username}", _is_member),
    anyone("GET", "/orgs/{org}/public_members", _public_members),
    anyone("GET", "/orgs/{org}/public_members/{username}", _is_public_member),
    anyone("GET", "/orgs/{org}/memberships/{username}", _membership),
    anyone("GET", "/orgs/{org}/teams", _teams),
    anyone("GET", "/orgs/{org}/teams/{team_slug}", _team),
    anyone("GET", "/orgs/{org}/teams/{team_slug}/members", _team_members),
    anyone("GET", "/orgs/{org}/teams/{team_slug}/memberships/{username}", _team_membership),
    in_repo("GET", "/collaborators", _collaborators, reading("metadata", user="write")),
    in_repo("GET", "/collaborators/{username}", _is_collaborator, reading("metadata", user="write")),
    in_repo("GET", "/collaborators/{username}/permission", _permission, reading("metadata", user="write")),
)
