"""How does GitHub describe a workflow run and its artifacts?"""

from bot.sandbox.attachments import Artifact, WorkflowRun
from bot.sandbox.representations.accounts import simple_user
from bot.sandbox.representations.commits import simple_commit
from bot.sandbox.representations.notation import Json, node_id, stamp
from bot.sandbox.representations.repositories import address, minimal, page
from bot.sandbox.world import World


def run(world: World, made: WorkflowRun) -> Json:
    """Describe a workflow run."""
    api = f"{address(world, made.repo)}/actions/runs/{made.id}"
    suite = f"{address(world, made.repo)}/check-suites/{made.suite_id}"
    who = simple_user(world, made.actor)
    commit = made.repo.objects.commits[made.head_sha]
    return {
        "id": made.id,
        "name": made.name,
        "node_id": node_id("WorkflowRun", made.id),
        "check_suite_id": made.suite_id,
        "check_suite_node_id": node_id("CheckSuite", made.suite_id),
        "head_branch": made.head_branch,
        "head_sha": made.head_sha,
        "path": made.path,
        "run_number": made.number,
        "run_attempt": 1,
        "referenced_workflows": [],
        "event": made.event,
        "status": made.status,
        "conclusion": made.conclusion,
        "workflow_id": made.workflow_id,
        "url": api,
        "html_url": f"{page(world, made.repo)}/actions/runs/{made.id}",
        "pull_requests": [],
        "created_at": stamp(made.created_at),
        "updated_at": stamp(made.created_at),
        "run_started_at": stamp(made.created_at),
        "actor": who,
        "triggering_actor": who,
        "jobs_url": f"{api}/jobs",
        "logs_url": f"{api}/logs",
        "check_suite_url": suite,
        "artifacts_url": f"{api}/artifacts",
        "cancel_url": f"{api}/cancel",
        "rerun_url": f"{api}/rerun",
        "previous_attempt_url": None,
        "workflow_url": f"{address(world, made.repo)}/actions/workflows/{made.workflow_id}",
        "head_commit": simple_commit(commit),
        "repository": minimal(world, made.repo),
        "head_repository": minimal(world, made.head_repo),
        "display_title": commit.message.partition("\n")[0],
    }


def artifact(world: World, made: Artifact) -> Json:
    """Describe an artifact."""
    api = f"{address(world, made.run.repo)}/actions/artifacts/{made.id}"
    return {
        "id": made.id,
        "node_id": node_id("Artifact", made.id),
        "name": made.name,
        "size_in_bytes": len(made.archive),
        "url": api,
        "archive_download_url": f"{api}/zip",
        "expired": is_expired(world, made),
        "digest": made.digest,
        "created_at": stamp(made.created_at),
        "updated_at": stamp(made.created_at),
        "expires_at": stamp(made.expires_at),
        "workflow_run": {
            "id": made.run.id,
            "repository_id": made.run.repo.id,
            "head_repository_id": made.run.head_repo.id,
            **({} if made.run.head_branch is None else {"head_branch": made.run.head_branch}),
            "head_sha": made.run.head_sha,
        },
    }


def is_expired(world: World, made: Artifact) -> bool:
    """Say whether an artifact is no longer kept."""
    return made.expires_at <= world.now()
