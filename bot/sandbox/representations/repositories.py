"""How does GitHub describe a repository? As others see it, whole, and as part of a webhook."""

from bot.sandbox.model import Permission, Repo
from bot.sandbox.representations.accounts import rights, simple_user
from bot.sandbox.representations.notation import Json, node_id, stamp
from bot.sandbox.world import World

# what is appended to the repository's address; the parts in braces are for the reader to fill in
_LINKS = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}


def address(world: World, repo: Repo) -> str:
    """Find the API's address of a repository."""
    return f"{world.api_url}/repos/{repo.full_name}"


def page(world: World, repo: Repo) -> str:
    """Find the page of a repository."""
    return f"{world.url}/{repo.full_name}"


def minimal(world: World, repo: Repo) -> Json:
    """Describe a repository by its names and addresses."""
    api = address(world, repo)
    return {
        "id": repo.id,
        "node_id": node_id("Repository", repo.id),
        "name": repo.name,
        "full_name": repo.full_name,
        "private": repo.private,
        "owner": simple_user(world, repo.owner),
        "html_url": page(world, repo),
        "description": repo.description,
        "fork": repo.parent is not None,
        "url": api,
        **{name: api + tail for name, tail in _LINKS.items()},
    }


def repository(world: World, repo: Repo, permission: Permission | None = None) -> Json:
    """Describe a repository as part of another thing; `permission` is that of whoever asks."""
    host = world.url.partition("//")[2]
    issues = sum(issue.state == "open" for issue in repo.issues.values())
    forks = sum(fork.parent is repo for fork in world.repos.values())
    return minimal(world, repo) | {
        "git_url": f"git://{host}/{repo.full_name}.git",
        "ssh_url": f"git@{host}:{repo.full_name}.git",
        "clone_url": f"{page(world, repo)}.git",
        "svn_url": page(world, repo),
        "mirror_url": None,
        "homepage": None,
        "language": None,
        "license": None,
        "size": 0,
        "stargazers_count": 0,
        "watchers_count": 0,
        "watchers": 0,
        "forks_count": forks,
        "forks": forks,
        "open_issues_count": issues,
        "open_issues": issues,
        "default_branch": repo.default_branch,
        "is_template": False,
        "topics": [],
        "has_issues": True,
        "has_projects": True,
        "has_wiki": True,
        "has_pages": False,
        "has_downloads": True,
        "has_discussions": False,
        "has_pull_requests": True,
        "pull_request_creation_policy": "all",
        "archived": repo.archived,
        "disabled": False,
        "visibility": "private" if repo.private else "public",
        "allow_forking": True,
        "web_commit_signoff_required": False,
        "pushed_at": stamp(repo.pushed_at),
        "created_at": stamp(repo.created_at),
        "updated_at": stamp(repo.pushed_at),
        **({} if permission is None else {"permissions": rights(permission)}),
    }


def full(world: World, repo: Repo, permission: Permission | None = None) -> Json:
    """Describe a repository as a thing of its own."""
    described = repository(world, repo, permission) | {
        "subscribers_count": 0,
        "network_count": sum(fork.parent is repo for fork in world.repos.values()),
        "allow_merge_commit": True,
        "allow_squash_merge": True,
        "allow_rebase_merge": True,
        "allow_auto_merge": False,
        "allow_update_branch": False,
        "delete_branch_on_merge": False,
    }
    if repo.owner.kind == "Organization":
        described["organization"] = simple_user(world, repo.owner)
    if repo.parent is not None:
        described["parent"] = repository(world, repo.parent)
        described["source"] = repository(world, _source(repo.parent))
    return described


def _source(repo: Repo) -> Repo:
    return repo if repo.parent is None else _source(repo.parent)


def pushed(world: World, repo: Repo) -> Json:
    """Describe a repository as the webhook `push` does: instants as numbers, an owner with a name."""
    described = repository(world, repo) | {
        "created_at": int(repo.created_at.timestamp()),
        "pushed_at": int(repo.pushed_at.timestamp()),
        "owner": simple_user(world, repo.owner) | {"name": repo.owner.login, "email": None},
        "stargazers": 0,
        "master_branch": repo.default_branch,
    }
    if repo.owner.kind == "Organization":
        described["organization"] = repo.owner.login
    return described


def named(repo: Repo) -> Json:
    """Describe a repository as the webhooks about installations do."""
    return {
        "id": repo.id,
        "node_id": node_id("Repository", repo.id),
        "name": repo.name,
        "full_name": repo.full_name,
        "private": repo.private,
    }
