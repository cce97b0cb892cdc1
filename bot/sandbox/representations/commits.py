"""How does GitHub describe commits, what they change, branches and references?"""

from bot.sandbox.diffs import Change, compare
from bot.sandbox.git_objects import Commit
from bot.sandbox.model import Repo, RequiredCheck
from bot.sandbox.representations.accounts import simple_user
from bot.sandbox.representations.notation import Json, node_id, quoted, stamp
from bot.sandbox.representations.repositories import address, page
from bot.sandbox.state import Refused
from bot.sandbox.world import World

MOST_FILES = 300  # of one commit or comparison on a page (docs: get a commit, compare two commits)
_UNSIGNED: Json = {"verified": False, "reason": "unsigned", "signature": None, "payload": None, "verified_at": None}


def _person(commit: Commit) -> Json:
    return {"name": commit.author_name, "email": commit.author_email, "date": stamp(commit.when)}


def _account(world: World, commit: Commit) -> Json | None:
    try:
        return simple_user(world, world.account(commit.login)) if commit.login else None
    except Refused:  # the account was renamed or deleted: the commit keeps what it said
        return None


def commit(world: World, repo: Repo, made: Commit) -> Json:
    """Describe a commit as it stands in a list."""
    api = address(world, repo)
    git = f"{api}/git/commits/{made.sha}"
    return {
        "sha": made.sha,
        "node_id": node_id("Commit", made.sha),
        "commit": {
            "author": _person(made),
            "committer": _person(made),
            "message": made.message,
            "tree": {"sha": made.tree, "url": f"{api}/git/trees/{made.tree}"},
            "url": git,
            "comment_count": 0,
            "verification": _UNSIGNED,
        },
        "url": f"{api}/commits/{made.sha}",
        "html_url": f"{page(world, repo)}/commit/{made.sha}",
        "comments_url": f"{api}/commits/{made.sha}/comments",
        "author": _account(world, made),
        "committer": _account(world, made),
        "parents": _parents(world, repo, made, "commits"),
    }


def _parents(world: World, repo: Repo, made: Commit, where: str) -> list[Json]:
    api, html = address(world, repo), page(world, repo)
    return [{"sha": sha, "url": f"{api}/{where}/{sha}", "html_url": f"{html}/commit/{sha}"} for sha in made.parents]


def full_commit(world: World, repo: Repo, made: Commit) -> Json:
    """Describe a commit with the files that it changes against its first parent."""
    changed = compare(repo.objects, made.parents[0] if made.parents else None, made.sha)
    additions, deletions = sum(each.additions for each in changed), sum(each.deletions for each in changed)
    return commit(world, repo, made) | {
        "stats": {"total": additions + deletions, "additions": additions, "deletions": deletions},
        "files": [changed_file(world, repo, made.sha, each) for each in changed[:MOST_FILES]],
    }


def git_commit(world: World, repo: Repo, made: Commit) -> Json:
    """Describe a commit as git sees it."""
    api = address(world, repo)
    return {
        "sha": made.sha,
        "node_id": node_id("Commit", made.sha),
        "url": f"{api}/git/commits/{made.sha}",
        "html_url": f"{page(world, repo)}/commit/{made.sha}",
        "author": _person(made),
        "committer": _person(made),
        "tree": {"sha": made.tree, "url": f"{api}/git/trees/{made.tree}"},
        "message": made.message,
        "parents": _parents(world, repo, made, "git/commits"),
        "verification": _UNSIGNED,
    }


def simple_commit(made: Commit) -> Json:
    """Describe a commit as check suites do."""
    who = {"name": made.author_name, "email": made.author_email}
    return {
        "id": made.sha,
        "tree_id": made.tree,
        "message": made.message,
        "timestamp": stamp(made.when),
        "author": who,
        "committer": who,
    }


def pushed_commit(world: World, repo: Repo, made: Commit) -> Json:
    """Describe a commit as the webhook `push` does."""
    changed = compare(repo.objects, made.parents[0] if made.parents else None, made.sha)
    username = {"username": made.login} if made.login else {}
    who = {"name": made.author_name, "email": made.author_email, **username}
    return {
        **simple_commit(made),
        "author": who,
        "committer": who,
        "distinct": True,
        "url": f"{page(world, repo)}/commit/{made.sha}",
        "added": [each.path for each in changed if each.status in ("added", "renamed")],
        "removed": [each.previous or each.path for each in changed if each.status in ("removed", "renamed")],
        "modified": [each.path for each in changed if each.status == "modified"],
    }


def changed_file(world: World, repo: Repo, sha: str, change: Change) -> Json:
    """Describe one changed file; there is no `patch` where GitHub shows none."""
    path = quoted(change.path)
    return {
        "sha": change.sha,
        "filename": change.path,
        "status": change.status,
        "additions": change.additions,
        "deletions": change.deletions,
        "changes": change.additions + change.deletions,
        "blob_url": f"{page(world, repo)}/blob/{sha}/{path}",
        "raw_url": f"{page(world, repo)}/raw/{sha}/{path}",
        "contents_url": f"{address(world, repo)}/contents/{path}?ref={sha}",
        **({} if change.patch is None else {"patch": change.patch}),
        **({} if change.previous is None else {"previous_filename": change.previous}),
    }


def comparison(world: World, repo: Repo, name: str, base: Commit, head: Commit, commits: list[Commit]) -> Json:
    """Describe what separates two commits; `commits` are those of this page."""
    objects = repo.objects
    ahead, behind = objects.between(base.sha, head.sha), objects.between(head.sha, base.sha)
    shared = objects.merge_base(base.sha, head.sha)
    if shared is None:
        raise Refused(404, "No common ancestor between the two commits.")
    changed = compare(objects, shared, head.sha)
    html = f"{page(world, repo)}/compare/{quoted(name)}"
    status = ("diverged" if behind else "ahead") if ahead else ("behind" if behind else "identical")
    return {
        "url": f"{address(world, repo)}/compare/{quoted(name)}",
        "html_url": html,
        "permalink_url": f"{page(world, repo)}/compare/{base.sha}...{head.sha}",
        "diff_url": f"{html}.diff",
        "patch_url": f"{html}.patch",
        "base_commit": commit(world, repo, base),
        "merge_base_commit": commit(world, repo, objects.commits[shared]),
        "status": status,
        "ahead_by": len(ahead),
        "behind_by": len(behind),
        "total_commits": len(ahead),
        "commits": [commit(world, repo, each) for each in commits],
        "files": [changed_file(world, repo, head.sha, each) for each in changed[:MOST_FILES]],
    }


def branch(world: World, repo: Repo, name: str) -> Json:
    """Describe a branch as it stands in a list."""
    sha = repo.branches[name]
    return {
        "name": name,
        "commit": {"sha": sha, "url": f"{address(world, repo)}/commits/{sha}"},
        "protected": _is_protected(repo, name),
    }


def full_branch(world: World, repo: Repo, name: str) -> Json:
    """Describe a branch as a thing of its own."""
    api = f"{address(world, repo)}/branches/{quoted(name)}"
    required = repo.required_checks if _is_protected(repo, name) else ()
    return {
        "name": name,
        "commit": commit(world, repo, repo.objects.commits[repo.branches[name]]),
        "_links": {"self": api, "html": f"{page(world, repo)}/tree/{quoted(name)}"},
        "protected": bool(required),
        "protection": {
            "enabled": bool(required),
            "required_status_checks": {
                "enforcement_level": "non_admins" if required else "off",
                "contexts": [each.context for each in required],
                "checks": [_required(each) for each in required],
            },
        },
        "protection_url": f"{api}/protection",
    }


def _required(check: RequiredCheck) -> Json:
    return {"context": check.context, "app_id": check.app_id}


def _is_protected(repo: Repo, name: str) -> bool:
    return bool(repo.required_checks) and name == repo.default_branch


def reference(world: World, repo: Repo, name: str) -> Json:
    """Describe the reference of a branch."""
    api, sha = address(world, repo), repo.branches[name]
    return {
        "ref": f"refs/heads/{name}",
        "node_id": node_id("Ref", f"{repo.id}:refs/heads/{name}"),
        "url": f"{api}/git/refs/heads/{quoted(name)}",
        "object": {"sha": sha, "type": "commit", "url": f"{api}/git/commits/{sha}"},
    }
