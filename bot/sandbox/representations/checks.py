"""How does GitHub describe check runs, check suites, annotations and commit statuses?"""

from bot.sandbox.model import Annotation, CheckRun, CheckSuite, Repo, Status
from bot.sandbox.representations.accounts import simple_user
from bot.sandbox.representations.apps import app as described_app
from bot.sandbox.representations.apps import page as page_of_app
from bot.sandbox.representations.commits import simple_commit
from bot.sandbox.representations.notation import Json, node_id, quoted, stamp, stamp_or_none
from bot.sandbox.representations.pulls import minimal as minimal_pull
from bot.sandbox.representations.repositories import address, minimal, page
from bot.sandbox.world import World

_WITH_A_RUN = (
    *("id", "node_id", "head_branch", "head_sha", "status", "conclusion", "url", "before", "after"),
    *("pull_requests", "app", "created_at", "updated_at"),
)


def run(world: World, made: CheckRun) -> Json:
    """Describe a check run; its annotations are only counted."""
    api = f"{address(world, made.repo)}/check-runs/{made.id}"
    app = made.suite.app
    return {
        "id": made.id,
        "name": made.name,
        "node_id": node_id("CheckRun", made.id),
        "head_sha": made.head_sha,
        "external_id": made.external_id,
        "url": api,
        "html_url": f"{page(world, made.repo)}/runs/{made.id}",
        "details_url": made.details_url or app.external_url or page_of_app(world, app),
        "status": made.status,
        "conclusion": made.conclusion,
        "started_at": stamp(made.started_at),
        "completed_at": stamp_or_none(made.completed_at),
        "output": {
            "title": made.title,
            "summary": made.summary,
            "text": made.text,
            "annotations_count": len(made.annotations),
            "annotations_url": f"{api}/annotations",
        },
        "check_suite": {"id": made.suite.id},
        "app": described_app(world, app),
        "pull_requests": [minimal_pull(world, pull) for pull in world.pulls_of(made.suite)],
    }


def told_run(world: World, made: CheckRun) -> Json:
    """Describe a check run as webhooks do, with its suite and with the buttons that it offers."""
    suite_of = suite(world, made.suite)
    return run(world, made) | {
        "check_suite": {name: suite_of[name] for name in _WITH_A_RUN},
        "actions": [dict(action) for action in made.actions],
    }


def annotation(world: World, made: CheckRun, remark: Annotation) -> Json:
    """Describe a remark of a check run."""
    return {
        "path": remark.path,
        "blob_href": f"{page(world, made.repo)}/blob/{made.head_sha}/{quoted(remark.path)}",
        "start_line": remark.start_line,
        "end_line": remark.end_line,
        "start_column": remark.start_column,
        "end_column": remark.end_column,
        "annotation_level": remark.level,
        "title": remark.title,
        "message": remark.message,
        "raw_details": remark.raw_details,
    }


def suite(world: World, made: CheckSuite) -> Json:
    """Describe a check suite without its repository, as webhooks do."""
    api = f"{address(world, made.repo)}/check-suites/{made.id}"
    status, conclusion = world.suite_result(made)
    return {
        "id": made.id,
        "node_id": node_id("CheckSuite", made.id),
        "head_branch": made.head_branch,
        "head_sha": made.head_sha,
        "status": status,
        "conclusion": conclusion,
        "url": api,
        "before": made.before,
        "after": made.head_sha,
        "pull_requests": [minimal_pull(world, pull) for pull in world.pulls_of(made)],
        "app": described_app(world, made.app),
        "created_at": stamp(made.created_at),
        "updated_at": stamp(made.updated_at),
        "rerequestable": True,
        "runs_rerequestable": True,
        "latest_check_runs_count": len(world.runs(made.repo, made.head_sha, suite=made)),
        "check_runs_url": f"{api}/check-runs",
        "head_commit": simple_commit(made.repo.objects.commits[made.head_sha]),
    }


def full_suite(world: World, made: CheckSuite) -> Json:
    """Describe a check suite as a thing of its own."""
    return suite(world, made) | {"repository": minimal(world, made.repo)}


def simple_status(world: World, posted: Status) -> Json:
    """Describe a commit status as the combined status does."""
    return {
        "url": f"{address(world, posted.repo)}/statuses/{posted.sha}",
        "avatar_url": f"{world.url}/avatars/{posted.creator.id}",
        "id": posted.id,
        "node_id": node_id("StatusContext", posted.id),
        "state": posted.state,
        "description": posted.description,
        "target_url": posted.target_url,
        "context": posted.context,
        "created_at": stamp(posted.created_at),
        "updated_at": stamp(posted.created_at),
    }


def status(world: World, posted: Status) -> Json:
    """Describe a commit status as a thing of its own."""
    return simple_status(world, posted) | {"creator": simple_user(world, posted.creator)}


def combined(world: World, repo: Repo, sha: str, newest: list[Status], shown: list[Status]) -> Json:
    """Fold the newest status of each context into one; `shown` are those of this page (docs: combined status)."""
    states = {each.state for each in newest}
    folded = (
        "failure" if states & {"failure", "error"} else "pending" if "pending" in states or not states else "success"
    )
    api = address(world, repo)
    return {
        "state": folded,
        "statuses": [simple_status(world, each) for each in shown],
        "sha": sha,
        "total_count": len(newest),
        "repository": minimal(world, repo),
        "commit_url": f"{api}/commits/{sha}",
        "url": f"{api}/commits/{sha}/status",
    }
