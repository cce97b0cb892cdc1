"""How does GitHub describe issues, comments, reviews and comments on lines?"""

from collections.abc import Sequence

from bot.sandbox.model import Comment, Issue, Reaction, Review, ReviewComment
from bot.sandbox.representations.accounts import simple_user
from bot.sandbox.representations.apps import app as described_app
from bot.sandbox.representations.notation import Json, node_id, stamp, stamp_or_none
from bot.sandbox.representations.pulls import labels
from bot.sandbox.representations.repositories import address, page
from bot.sandbox.world import World

REACTIONS = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")


def _reactions(own: str, given: Sequence[Reaction] = ()) -> Json:
    counts = {kind: sum(each.content == kind for each in given) for kind in REACTIONS}
    return {"url": f"{own}/reactions", "total_count": len(given), **counts}


def reaction(world: World, given: Reaction) -> Json:
    """Describe a reaction."""
    return {
        "id": given.id,
        "node_id": node_id("Reaction", given.id),
        "user": simple_user(world, given.account),
        "content": given.content,
        "created_at": stamp(given.created_at),
    }


def _html(world: World, subject: Issue) -> str:
    kind = "pull" if subject.number in subject.repo.pulls else "issues"
    return f"{page(world, subject.repo)}/{kind}/{subject.number}"


def issue(world: World, subject: Issue) -> Json:
    """Describe an issue, or a pull request as the issue that it also is."""
    api = address(world, subject.repo)
    own = f"{api}/issues/{subject.number}"
    assignees = [simple_user(world, each) for each in subject.assignees]
    described: Json = {
        "url": own,
        "repository_url": api,
        "labels_url": f"{own}/labels{{/name}}",
        "comments_url": f"{own}/comments",
        "events_url": f"{own}/events",
        "timeline_url": f"{own}/timeline",
        "html_url": _html(world, subject),
        "id": subject.id,
        "node_id": node_id("Issue", subject.id),
        "number": subject.number,
        "title": subject.title,
        "user": simple_user(world, subject.author),
        "labels": labels(world, subject),
        "state": subject.state,
        "state_reason": "completed" if subject.state == "closed" else None,
        "locked": False,
        "active_lock_reason": None,
        "assignee": assignees[0] if assignees else None,
        "assignees": assignees,
        "milestone": None,
        "comments": len(world.comments(subject)),
        "created_at": stamp(subject.created_at),
        "updated_at": stamp(subject.updated_at),
        "closed_at": stamp_or_none(subject.closed_at),
        "author_association": world.association(subject.repo, subject.author),
        "body": subject.body,
        "reactions": _reactions(own),
        "performed_via_github_app": None if subject.app is None else described_app(world, subject.app),
    }
    pull = subject.repo.pulls.get(subject.number)
    if pull is not None:
        html = _html(world, subject)
        described["draft"] = pull.draft
        described["pull_request"] = {
            "url": f"{api}/pulls/{subject.number}",
            "html_url": html,
            "diff_url": f"{html}.diff",
            "patch_url": f"{html}.patch",
            "merged_at": stamp_or_none(pull.merged_at),
        }
    return described


def comment(world: World, said: Comment) -> Json:
    """Describe a comment on an issue or on a pull request as a whole."""
    api = address(world, said.issue.repo)
    own = f"{api}/issues/comments/{said.id}"
    return {
        "url": own,
        "html_url": f"{_html(world, said.issue)}#issuecomment-{said.id}",
        "issue_url": f"{api}/issues/{said.issue.number}",
        "id": said.id,
        "node_id": node_id("IssueComment", said.id),
        "user": simple_user(world, said.author),
        "created_at": stamp(said.created_at),
        "updated_at": stamp(said.updated_at),
        "author_association": world.association(said.issue.repo, said.author),
        "body": said.body,
        "reactions": _reactions(own, said.reactions),
        "performed_via_github_app": None if said.app is None else described_app(world, said.app),
    }


def review(world: World, given: Review) -> Json:
    """Describe a review."""
    pull = given.pull
    html = f"{_html(world, pull.issue)}#pullrequestreview-{given.id}"
    pull_url = f"{address(world, pull.repo)}/pulls/{pull.number}"
    return {
        "id": given.id,
        "node_id": node_id("PullRequestReview", given.id),
        "user": simple_user(world, given.author),
        "body": given.body,
        "state": given.state,
        "html_url": html,
        "pull_request_url": pull_url,
        "author_association": world.association(pull.repo, given.author),
        "_links": {"html": {"href": html}, "pull_request": {"href": pull_url}},
        **({} if given.submitted_at is None else {"submitted_at": stamp(given.submitted_at)}),
        "commit_id": given.commit_id,
    }


def review_comment(world: World, said: ReviewComment) -> Json:
    """Describe a comment on a line of the diff, or on a file; an outdated one has lost its line."""
    api, place, pull = address(world, said.pull.repo), said.place, said.pull
    own = f"{api}/pulls/comments/{said.id}"
    html = f"{_html(world, pull.issue)}#discussion_r{said.id}"
    pull_url = f"{api}/pulls/{pull.number}"
    described: Json = {
        "url": own,
        "pull_request_review_id": said.review.id,
        "id": said.id,
        "node_id": node_id("PullRequestReviewComment", said.id),
        "diff_hunk": place.hunk,
        "path": place.path,
        "commit_id": said.commit_id,
        "original_commit_id": said.original_commit_id,
        "user": simple_user(world, said.author),
        "body": said.body,
        "created_at": stamp(said.created_at),
        "updated_at": stamp(said.updated_at),
        "html_url": html,
        "pull_request_url": pull_url,
        "author_association": world.association(pull.repo, said.author),
        "_links": {"self": {"href": own}, "html": {"href": html}, "pull_request": {"href": pull_url}},
        "reactions": _reactions(own),
        "subject_type": "file" if place.on_file else "line",
    }
    if said.in_reply_to is not None:
        described["in_reply_to_id"] = said.in_reply_to
    if not place.on_file:
        now = not said.outdated
        described |= {
            "side": place.side,
            "start_side": place.start_side,
            "line": place.line if now else None,
            "original_line": place.line,
            "start_line": place.start_line if now else None,
            "original_start_line": place.start_line,
            "position": place.position if now else None,
            "original_position": place.position,
        }
    return described
