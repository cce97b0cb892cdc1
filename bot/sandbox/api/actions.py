"""Which workflow runs were there, and what did they leave?"""

from bot.sandbox.api.access import in_repo, reading
from bot.sandbox.api.call import Answer, Call, ok
from bot.sandbox.api.callers import Nobody
from bot.sandbox.attachments import Artifact
from bot.sandbox.model import Repo
from bot.sandbox.representations import actions as described
from bot.sandbox.state import Refused, not_found

_ZIP = "zip"


def _runs(call: Call, repo: Repo) -> Answer:
    listed = [each for each in reversed(call.world.workflow_runs.values()) if each.repo is repo]
    if sha := call.query.get("head_sha"):
        listed = [each for each in listed if each.head_sha == sha]
    return call.listed(listed, lambda run: described.run(call.world, run), "workflow_runs")


def _run(call: Call, repo: Repo) -> Answer:
    return ok(described.run(call.world, call.world.workflow_run(repo, call.number("run_id"))))


def _artifacts(call: Call, repo: Repo) -> Answer:
    listed = call.world.workflow_run(repo, call.number("run_id")).artifacts[::-1]
    if name := call.query.get("name"):
        listed = [each for each in listed if each.name == name]
    return call.listed(listed, lambda artifact: described.artifact(call.world, artifact), "artifacts")


def _artifact(call: Call, repo: Repo) -> Answer:
    return ok(described.artifact(call.world, _of(call, repo)))


def _download(call: Call, repo: Repo) -> Answer:
    if isinstance(
        call.caller, Nobody
    ):  # docs: download an artifact: also of a public repository only for who signed in
        raise Refused(401, "Requires authentication")
    artifact = _of(call, repo)
    if call.text("archive_format") != _ZIP:
        raise not_found()
    if described.is_expired(call.world, artifact):
        raise Refused(410, "Artifact has expired")
    return Answer(302, headers={"Location": call.world.lend(artifact.archive)})


def _of(call: Call, repo: Repo) -> Artifact:
    return call.world.artifact(repo, call.number("artifact_id"))


ENDPOINTS = (
    in_repo("GET", "/actions/runs", _runs, reading("actions")),
    in_repo("GET", "/actions/runs/{run_id:int}", _run, reading("actions")),
    in_repo("GET", "/actions/runs/{run_id:int}/artifacts", _artifacts, reading("actions")),
    in_repo("GET", "/actions/artifacts/{artifact_id:int}", _artifact, reading("actions")),
    in_repo("GET", "/actions/artifacts/{artifact_id:int}/{archive_format}", _download, reading("actions")),
)
