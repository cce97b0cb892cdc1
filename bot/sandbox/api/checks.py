"""How are check runs and check suites written, read and asked for anew through the API?"""

from bot.sandbox.api.access import in_repo, reading, writing
from bot.sandbox.api.call import Answer, Call, created, found, ok
from bot.sandbox.api.callers import AsInstallation, author
from bot.sandbox.api.commits import resolved
from bot.sandbox.api.fields import whole
from bot.sandbox.api.run_bodies import change, require_app_of
from bot.sandbox.model import App, CheckRun, CheckSuite, Repo
from bot.sandbox.representations import checks as described
from bot.sandbox.state import Refused


def _writer(call: Call) -> App:
    """Say which App writes: only Apps write check runs."""
    if not isinstance(call.caller, AsInstallation):
        raise Refused(403, "You must authenticate via a GitHub App.")
    return call.caller.installation.app


def _create(call: Call, repo: Repo) -> Answer:
    app, head_sha = _writer(call), call.body.text("head_sha")
    run = call.world.create_run(repo, app, head_sha, change(call.body, new=True))
    return created(described.run(call.world, run))


def _run_of(call: Call, repo: Repo) -> CheckRun:
    wanted = call.number("check_run_id")
    return found(repo.runs.values(), lambda each: each.id == wanted)


def _update(call: Call, repo: Repo) -> Answer:
    app, run = _writer(call), _run_of(call, repo)
    require_app_of(run.suite.app.id, app.id)
    call.world.update_run(run, change(call.body, new=False))
    return ok(described.run(call.world, run))


def _get(call: Call, repo: Repo) -> Answer:
    return ok(described.run(call.world, _run_of(call, repo)))


def _annotations(call: Call, repo: Repo) -> Answer:
    run = _run_of(call, repo)
    return call.listed(run.annotations, lambda each: described.annotation(call.world, run, each))


def _rerequest(call: Call, repo: Repo) -> Answer:
    call.world.rerequest_run(_run_of(call, repo), author(call.caller)[0])
    return created({})


def _runs_of_commit(call: Call, repo: Repo) -> Answer:
    return _listed(call, repo, resolved(call, repo, call.text("ref")).sha, None)


def _runs_of_suite(call: Call, repo: Repo) -> Answer:
    suite = _suite_of(call, repo)
    return _listed(call, repo, suite.head_sha, suite)


def _listed(call: Call, repo: Repo, sha: str, suite: CheckSuite | None) -> Answer:
    query = call.query
    runs = call.world.runs(
        repo,
        sha,
        name=query.get("check_name"),
        app_id=whole(query.get("app_id")),
        suite=suite,
        latest=query.get("filter", "latest") == "latest",
    )
    wanted = query.get("status")
    shown = [run for run in runs if wanted in (None, run.status)]
    return call.listed(shown, lambda run: described.run(call.world, run), "check_runs")


def _suite_of(call: Call, repo: Repo) -> CheckSuite:
    wanted = call.number("check_suite_id")
    return found(repo.suites.values(), lambda each: each.id == wanted)


def _suite(call: Call, repo: Repo) -> Answer:
    return ok(described.full_suite(call.world, _suite_of(call, repo)))


def _suites_of_commit(call: Call, repo: Repo) -> Answer:
    sha, query = resolved(call, repo, call.text("ref")).sha, call.query
    suites = [each for each in repo.suites.values() if each.head_sha == sha]
    if "app_id" in query:
        suites = [each for each in suites if str(each.app.id) == query["app_id"]]
    if name := query.get("check_name"):
        named = {run.suite.id for run in call.world.runs(repo, sha, name=name)}
        suites = [each for each in suites if each.id in named]
    return call.listed(suites, lambda each: described.full_suite(call.world, each), "check_suites")


def _rerequest_suite(call: Call, repo: Repo) -> Answer:
    call.world.rerequest_suite(_suite_of(call, repo), author(call.caller)[0])
    return created({})


_READING, _WRITING = reading("checks"), writing("checks")
_RUN, _SUITE = "/check-runs/{check_run_id:int}", "/check-suites/{check_suite_id:int}"

ENDPOINTS = (
    in_repo("POST", "/check-runs", _create, _WRITING),
    in_repo("GET", _RUN, _get, _READING),
    in_repo("PATCH", _RUN, _update, _WRITING),
    in_repo("GET", f"{_RUN}/annotations", _annotations, _READING),
    in_repo("POST", f"{_RUN}/rerequest", _rerequest, _WRITING),
    in_repo("GET", _SUITE, _suite, _READING),
    in_repo("GET", f"{_SUITE}/check-runs", _runs_of_suite, _READING),
    in_repo("POST", f"{_SUITE}/rerequest", _rerequest_suite, _WRITING),
    in_repo("GET", "/commits/{ref:path}/check-runs", _runs_of_commit, _READING),
    in_repo("GET", "/commits/{ref:path}/check-suites", _suites_of_commit, _READING),
)
