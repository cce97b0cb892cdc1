"""How does GitHub describe a pull request? In a list, as a thing of its own, and beside a check."""

from bot.sandbox.model import Issue, Pull, Repo
from bot.sandbox.representations.accounts import simple_user
from bot.sandbox.representations.notation import Json, node_id, quoted, stamp, stamp_or_none
from bot.sandbox.representations.repositories import address, page, repository
from bot.sandbox.world import World


def labels(world: World, issue: Issue) -> list[Json]:
    """Describe the labels of an issue or a pull request."""
    api = address(world, issue.repo)
    return [
        {
            "id": int.from_bytes(f"{issue.repo.id}:{name}".encode()) % (1 << 40),
            "node_id": node_id("Label", f"{issue.repo.id}:{name}"),
            "url": f"{api}/labels/{quoted(name)}",
            "name": name,
            "description": "",
            "color": "ededed",
            "default": False,
        }
        for name in issue.labels
    ]


def simple(world: World, pull: Pull) -> Json:
    """Describe a pull request as it stands in a list."""
    issue, repo = pull.issue, pull.repo
    api, html = address(world, repo), f"{page(world, repo)}/pull/{pull.number}"
    own, as_issue = f"{api}/pulls/{pull.number}", f"{api}/issues/{pull.number}"
    statuses = f"{api}/statuses/{pull.head_sha}"
    assignees = [simple_user(world, each) for each in issue.assignees]
    return {
        "url": own,
        "id": pull.id,
        "node_id": node_id("PullRequest", pull.id),
        "html_url": html,
        "diff_url": f"{html}.diff",
        "patch_url": f"{html}.patch",
        "issue_url": as_issue,
        "commits_url": f"{own}/commits",
        "review_comments_url": f"{own}/comments",
        "review_comment_url": f"{api}/pulls/comments{{/number}}",
        "comments_url": f"{as_issue}/comments",
        "statuses_url": statuses,
        "number": pull.number,
        "state": issue.state,
        "locked": False,
        "active_lock_reason": None,
        "title": issue.title,
        "user": simple_user(world, issue.author),
        "body": issue.body,
        "labels": labels(world, issue),
        "milestone": None,
        "created_at": stamp(issue.created_at),
        "updated_at": stamp(issue.updated_at),
        "closed_at": stamp_or_none(issue.closed_at),
        "merged_at": stamp_or_none(pull.merged_at),
        "merge_commit_sha": pull.merge_sha,
        "assignee": assignees[0] if assignees else None,
        "assignees": assignees,
        "requested_reviewers": [],
        "requested_teams": [],
        "head": _end(world, pull.head_repo, pull.head_ref, pull.head_sha),
        "base": _end(world, repo, pull.base_ref, pull.base_sha),
        "_links": {
            "self": {"href": own},
            "html": {"href": html},
            "issue": {"href": as_issue},
            "comments": {"href": f"{as_issue}/comments"},
            "review_comments": {"href": f"{own}/comments"},
            "review_comment": {"href": f"{api}/pulls/comments{{/number}}"},
            "commits": {"href": f"{own}/commits"},
            "statuses": {"href": statuses},
        },
        "author_association": world.association(repo, issue.author),
        "auto_merge": None,
        "draft": pull.draft,
    }


def _end(world: World, repo: Repo, ref: str, sha: str) -> Json:
    return {
        "label": f"{repo.owner.login}:{ref}",
        "ref": ref,
        "sha": sha,
        "user": simple_user(world, repo.owner),
        "repo": repository(world, repo),
    }


def full(world: World, pull: Pull) -> Json:
    """Describe a pull request as a thing of its own."""
    changed = world.changed_files(pull)
    mergeable = world.mergeable(pull) if pull.issue.state == "open" else None
    return simple(world, pull) | {
        "merged": pull.merged_at is not None,
        "mergeable": mergeable,
        "rebaseable": mergeable,
        "mergeable_state": _merge_state(world, pull, mergeable),
        "merged_by": None if pull.merged_by is None else simple_user(world, pull.merged_by),
        "comments": len(world.comments(pull)),
        "review_comments": len(world.review_comments(pull)),
        "maintainer_can_modify": False,
        "commits": len(world.pull_commits(pull)),
        "additions": sum(each.additions for each in changed),
        "deletions": sum(each.deletions for each in changed),
        "changed_files": len(changed),
    }


def _merge_state(world: World, pull: Pull, mergeable: bool | None) -> str:
    if mergeable is None:
        return "unknown"
    if not mergeable:
        return "dirty"
    if pull.draft:
        return "draft"
    return "clean" if world.blocked_by(pull) is None else "blocked"


def minimal(world: World, pull: Pull) -> Json:
    """Describe a pull request as it stands beside a check."""
    return {
        "url": f"{address(world, pull.repo)}/pulls/{pull.number}",
        "id": pull.id,
        "number": pull.number,
        "head": _minimal_end(world, pull.head_repo, pull.head_ref, pull.head_sha),
        "base": _minimal_end(world, pull.repo, pull.base_ref, pull.base_sha),
    }


def _minimal_end(world: World, repo: Repo, ref: str, sha: str) -> Json:
    return {"ref": ref, "sha": sha, "repo": {"id": repo.id, "url": address(world, repo), "name": repo.name}}
