"""How does GitHub describe users, organisations, teams, and what a person may do?"""

from collections.abc import Mapping

from bot.sandbox.model import LEVELS, Account, Membership, Permission, Repo, Team
from bot.sandbox.representations.notation import Json, node_id, quoted, stamp
from bot.sandbox.world import World

_GHOST = 10137  # the id of the account that stands for every deleted one
_NODES = {"User": "User", "Organization": "Organization", "Bot": "Bot"}
_BASE_ROLES: Mapping[Permission, str] = {
    "none": "none",
    "read": "read",
    "triage": "read",
    "write": "write",
    "maintain": "write",
    "admin": "admin",
}
_RIGHTS: Mapping[str, Permission] = {
    "admin": "admin",
    "maintain": "maintain",
    "push": "write",
    "triage": "triage",
    "pull": "read",
}


def simple_user(world: World, account: Account) -> Json:
    """Describe an account as it stands within other things; a deleted one is the ghost."""
    known = account.id in world.accounts
    login, number = (account.login, account.id) if known else ("ghost", _GHOST)
    api = f"{world.api_url}/users/{quoted(login)}"
    page = f"{world.url}/apps/{login.removesuffix('[bot]')}" if account.kind == "Bot" else f"{world.url}/{login}"
    return {
        "login": login,
        "id": number,
        "node_id": node_id(_NODES[account.kind], number),
        "avatar_url": f"{world.url}/avatars/{number}",
        "gravatar_id": "",
        "url": api,
        "html_url": page,
        "followers_url": f"{api}/followers",
        "following_url": f"{api}/following{{/other_user}}",
        "gists_url": f"{api}/gists{{/gist_id}}",
        "starred_url": f"{api}/starred{{/owner}}{{/repo}}",
        "subscriptions_url": f"{api}/subscriptions",
        "organizations_url": f"{api}/orgs",
        "repos_url": f"{api}/repos",
        "events_url": f"{api}/events{{/privacy}}",
        "received_events_url": f"{api}/received_events",
        "type": account.kind if known else "User",
        "user_view_type": "public",
        "site_admin": False,
    }


def full_user(world: World, account: Account) -> Json:
    """Describe an account as a thing of its own."""
    return simple_user(world, account) | {
        "name": account.name,
        "company": None,
        "blog": "",
        "location": None,
        "email": None,
        "hireable": None,
        "bio": None,
        "twitter_username": None,
        "public_repos": sum(repo.owner is account and not repo.private for repo in world.repos.values()),
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "created_at": stamp(account.created_at),
        "updated_at": stamp(account.created_at),
    }


def simple_organization(world: World, org: Account) -> Json:
    """Describe an organisation as it stands within other things."""
    api = f"{world.api_url}/orgs/{org.login}"
    return {
        "login": org.login,
        "id": org.id,
        "node_id": node_id("Organization", org.id),
        "url": api,
        "repos_url": f"{api}/repos",
        "events_url": f"{api}/events",
        "hooks_url": f"{api}/hooks",
        "issues_url": f"{api}/issues",
        "members_url": f"{api}/members{{/member}}",
        "public_members_url": f"{api}/public_members{{/member}}",
        "avatar_url": f"{world.url}/avatars/{org.id}",
        "description": "",
    }


def full_organization(world: World, org: Account) -> Json:
    """Describe an organisation as a thing of its own."""
    return simple_organization(world, org) | {
        "name": org.name,
        "is_verified": False,
        "has_organization_projects": True,
        "has_repository_projects": True,
        "public_repos": sum(repo.owner is org and not repo.private for repo in world.repos.values()),
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "html_url": f"{world.url}/{org.login}",
        "type": "Organization",
        "created_at": stamp(org.created_at),
        "updated_at": stamp(org.created_at),
        "archived_at": None,
    }


def membership(world: World, member: Membership) -> Json:
    """Describe a user's place in an organisation."""
    org = f"{world.api_url}/orgs/{member.org.login}"
    return {
        "url": f"{org}/memberships/{member.user.login}",
        "state": member.state,
        "role": member.role,
        "organization_url": org,
        "user": simple_user(world, member.user),
        "organization": simple_organization(world, member.org),
    }


def team(world: World, group: Team) -> Json:
    """Describe a team as it stands in a list."""
    api = f"{world.api_url}/organizations/{group.org.id}/team/{group.id}"
    return {
        "id": group.id,
        "node_id": node_id("Team", group.id),
        "name": group.name,
        "slug": group.slug,
        "description": None,
        "privacy": "closed",
        "notification_setting": "notifications_enabled",
        "permission": "pull",
        "url": api,
        "html_url": f"{world.url}/orgs/{group.org.login}/teams/{group.slug}",
        "members_url": f"{api}/members{{/member}}",
        "repositories_url": f"{api}/repos",
        "type": "organization",
        "organization_id": group.org.id,
        "parent": None,
    }


def full_team(world: World, group: Team) -> Json:
    """Describe a team as a thing of its own."""
    return team(world, group) | {
        "members_count": len(group.members),
        "repos_count": len(group.repos),
        "created_at": stamp(group.created_at),
        "updated_at": stamp(group.created_at),
        "organization": full_organization(world, group.org),
    }


def team_membership(world: World, group: Team, user: Account) -> Json:
    """Describe a user's place in a team."""
    return {
        "url": f"{world.api_url}/organizations/{group.org.id}/team/{group.id}/memberships/{user.login}",
        "role": group.members[user.id],
        "state": "active",
    }


def rights(permission: Permission) -> Json:
    """Spell a permission out, as GitHub does beside a repository or a collaborator."""
    level = LEVELS.index(permission)
    return {name: level >= LEVELS.index(needed) for name, needed in _RIGHTS.items()}


def collaborator(world: World, repo: Repo, user: Account) -> Json:
    """Describe whoever works in a repository."""
    permission = world.permission(repo, user)
    return simple_user(world, user) | {"permissions": rights(permission), "role_name": permission}


def permission_of(world: World, repo: Repo, user: Account) -> Json:
    """Describe what a user may do: the base role, and the role's own name (docs: permissions for a user)."""
    permission = world.permission(repo, user)
    return {
        "permission": _BASE_ROLES[permission],
        "user": collaborator(world, repo, user),
        "role_name": permission if permission != "none" else "",
    }
