"""Does GitHub's own description know these answers and webhooks? Every endpoint is walked, every event is told."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from bot.sandbox.api.endpoints import ENDPOINTS
from bot.sandbox.checks import Output, RunChange
from bot.sandbox.model import Annotation
from bot.sandbox.webhooks import LIMIT
from bot.sandbox.world import Place, RequiredCheck
from tests.peers import npm, openapi, webhook_schemas
from tests.sandbox.town import PROPOSAL, Town

npm.need(openapi.DESCRIPTION, webhook_schemas.DESCRIPTION)

PULL_ACTIONS = ("opened", "reopened", "synchronize", "edited", "closed", "ready_for_review")
ACCEPT = "application/vnd.github.{}+json"


@dataclass(frozen=True)
class Step:
    """One request of the walk, as `who`: `app`, its `client`, `bot`, `ada`, `ben` or nobody."""

    method: str
    path: str
    who: str = "bot"
    body: Any = None
    form: str = ""


def walk(town: Town) -> Iterator[Step]:
    """Go once through everything that the API can do."""
    world, models = town.world, town.models
    models.required_checks = (RequiredCheck("readiness", town.app.id),)
    pull = town.open_pull(text="".join(f"line {n}\n" for n in range(20)))
    other = town.open_pull("second", body="A body", draft=True)
    fork = world.fork(models, town.ada, "models-fork")
    world.commit(fork, "from-fork", {"fork.txt": "x\n"}, "Fork", town.ada)
    outside = world.open_pull(models, "From a fork", "from-fork", town.ada, head_repo=fork)
    repo, number, sha = "/repos/acme/models", pull.number, pull.head_sha
    output = {"title": "Not yet", "summary": "Why", "text": "More"}
    remark = {"path": PROPOSAL, "start_line": 1, "end_line": 1, "annotation_level": "failure", "message": "No"}

    yield Step("GET", "/rate_limit")
    yield Step("GET", "/app", "app")
    yield Step("GET", "/app/installations", "app")
    yield Step("GET", f"/app/installations/{town.installation.id}", "app")
    yield Step("GET", f"{repo}/installation", "app")
    yield Step("GET", "/orgs/acme/installation", "app")
    yield Step("GET", "/app/hook/config", "app")
    tokens = f"/app/installations/{town.installation.id}/access_tokens"
    yield Step("POST", tokens, "app", {})
    yield Step("POST", tokens, "app", {"repository_ids": [models.id], "permissions": {"contents": "read"}})
    yield Step("GET", "/installation/repositories")

    yield Step("GET", "/user", "ada")
    for login in ("ada", "acme", "gate[bot]"):
        yield Step("GET", f"/users/{login}")
    yield Step("GET", f"/user/{town.ada.id}")
    yield Step("GET", "/orgs/acme")
    yield Step("GET", "/orgs/acme/members")
    yield Step("GET", "/orgs/acme/members/ada")
    yield Step("GET", "/orgs/acme/public_members")
    yield Step("GET", "/orgs/acme/public_members/ada")
    yield Step("GET", "/orgs/acme/memberships/ben")
    yield Step("GET", "/orgs/acme/teams")
    yield Step("GET", f"/orgs/acme/teams/{town.team.slug}")
    yield Step("GET", f"/orgs/acme/teams/{town.team.slug}/members")
    yield Step("GET", f"/orgs/acme/teams/{town.team.slug}/memberships/ada")
    yield Step("GET", repo)
    yield Step("GET", repo, "ada")
    yield Step("GET", f"/repos/{fork.full_name}", "ada")
    yield Step("GET", f"{repo}/assignees/ada")
    yield Step("GET", f"{repo}/collaborators")
    yield Step("GET", f"{repo}/collaborators/ada")
    for login in ("ada", "ben", "eve"):
        yield Step("GET", f"{repo}/collaborators/{login}/permission")

    yield Step("GET", f"{repo}/branches")
    yield Step("GET", f"{repo}/branches/main")
    yield Step("GET", f"{repo}/contents")
    for path in ("README.md", "docs", "link", "astray", "vendor", "vendor/tool"):
        yield Step("GET", f"{repo}/contents/{path}")
        yield Step("GET", f"{repo}/contents/{path}", form="object")
    yield Step("GET", f"{repo}/contents/README.md", form="raw")
    yield Step("GET", f"{repo}/git/trees/main")
    yield Step("GET", f"{repo}/git/trees/{sha}?recursive=1")
    readme = models.objects.files(models.branches["main"])["README.md"].sha
    yield Step("GET", f"{repo}/git/blobs/{readme}")
    yield Step("GET", f"{repo}/git/commits/{sha}")
    yield Step("GET", f"{repo}/git/ref/heads/main")
    yield Step("GET", f"{repo}/git/matching-refs/heads/")
    content = base64.b64encode(b"new\n").decode()
    yield Step("PUT", f"{repo}/contents/new/file.txt", "ada", {"message": "New", "content": content})
    known = {"message": "Again", "content": base64.b64encode(b"newer\n").decode(), "branch": "main"}
    yield Step("PUT", f"{repo}/contents/README.md", "ada", known | {"sha": readme})
    guide = models.objects.files(models.branches["main"])["docs/guide.md"].sha
    yield Step("DELETE", f"{repo}/contents/docs/guide.md", "ada", {"message": "Gone", "sha": guide})
    yield Step("POST", f"{repo}/git/refs", "ada", {"ref": "refs/heads/x/y", "sha": sha})
    yield Step("PATCH", f"{repo}/git/refs/heads/x/y", "ada", {"sha": models.branches["second"], "force": True})
    yield Step("DELETE", f"{repo}/git/refs/heads/x/y", "ada")
    yield Step("GET", f"{repo}/commits")
    yield Step("GET", f"{repo}/commits?sha={sha}&path=README.md&since=2026-01-01T00:00:00Z&per_page=2")
    yield Step("GET", f"{repo}/commits/tune")
    yield Step("GET", f"{repo}/commits/{sha}/pulls")
    yield Step("GET", f"{repo}/compare/main...tune")
    yield Step("GET", f"{repo}/compare/main...ada:from-fork?page=1&per_page=1")

    world.commit(models, "third", {"third.txt": "3\n"}, "Third", town.ada)
    yield Step("GET", f"{repo}/pulls?state=all")
    yield Step("POST", f"{repo}/pulls", "ada", {"title": "Third", "head": "third", "base": "main", "draft": True})
    yield Step("GET", f"{repo}/pulls/{number}")
    yield Step("GET", f"{repo}/pulls/{outside.number}")
    yield Step("PATCH", f"{repo}/pulls/{number}", "ada", {"title": "A better title", "body": "Why"})
    yield Step("GET", f"{repo}/pulls/{number}/files")
    yield Step("GET", f"{repo}/pulls/{number}/commits")
    comments = [{"path": PROPOSAL, "line": 2, "side": "RIGHT", "body": "Here"}]
    review = {"commit_id": sha, "event": "COMMENT", "body": "One remark", "comments": comments}
    yield Step("POST", f"{repo}/pulls/{number}/reviews", "bot", review)
    yield Step("POST", f"{repo}/pulls/{number}/reviews", "ben", {"event": "APPROVE"})
    given = pull.reviews[0]
    yield Step("GET", f"{repo}/pulls/{number}/reviews")
    yield Step("GET", f"{repo}/pulls/{number}/reviews/{given.id}")
    yield Step("GET", f"{repo}/pulls/{number}/reviews/{given.id}/comments")
    on_lines = {"path": PROPOSAL, "commit_id": sha, "body": "Lines", "line": 4, "start_line": 3}
    yield Step("POST", f"{repo}/pulls/{number}/comments", "ben", on_lines | {"side": "RIGHT", "start_side": "RIGHT"})
    on_file = {"path": PROPOSAL, "commit_id": sha, "body": "File", "subject_type": "file"}
    yield Step("POST", f"{repo}/pulls/{number}/comments", "ben", on_file)
    said = world.review_comments(pull)[0]
    yield Step("POST", f"{repo}/pulls/{number}/comments/{said.id}/replies", "ada", {"body": "Done"})
    yield Step("GET", f"{repo}/pulls/{number}/comments")
    yield Step("GET", f"{repo}/pulls/comments/{said.id}")
    yield Step("PATCH", f"{repo}/pulls/comments/{said.id}", "bot", {"body": "There"})
    yield Step("DELETE", f"{repo}/pulls/comments/{said.id}", "bot")

    issue = {"title": "Revalidate", "body": "Soon", "labels": ["due"], "assignees": ["ada"]}
    yield Step("POST", f"{repo}/issues", "bot", issue)
    last = models.last_number
    yield Step("GET", f"{repo}/issues?state=all")
    yield Step("GET", f"{repo}/issues/{last}")
    yield Step("GET", f"{repo}/issues/{number}")
    yield Step("PATCH", f"{repo}/issues/{last}", "bot", {"state": "closed"})
    yield Step("POST", f"{repo}/issues/{number}/comments", "bot", {"body": "A comment"})
    comment = world.comments(pull)[0]
    yield Step("GET", f"{repo}/issues/{number}/comments")
    yield Step("GET", f"{repo}/issues/comments/{comment.id}")
    yield Step("PATCH", f"{repo}/issues/comments/{comment.id}", "bot", {"body": "Better"})

    begun = {"name": "readiness", "head_sha": sha, "status": "in_progress", "external_id": "1"}
    yield Step("POST", f"{repo}/check-runs", "bot", begun)
    run = next(iter(models.runs.values()))
    ended = {"status": "completed", "conclusion": "failure", "output": output | {"annotations": [remark]}}
    button = {"label": "Again", "description": "Do it again", "identifier": "again"}
    yield Step("PATCH", f"{repo}/check-runs/{run.id}", "bot", ended | {"actions": [button]})
    yield Step("GET", f"{repo}/check-runs/{run.id}")
    yield Step("GET", f"{repo}/check-runs/{run.id}/annotations")
    yield Step("GET", f"{repo}/commits/{sha}/check-runs")
    yield Step("GET", f"{repo}/commits/{sha}/check-suites")
    yield Step("GET", f"{repo}/check-suites/{run.suite.id}")
    yield Step("GET", f"{repo}/check-suites/{run.suite.id}/check-runs")
    yield Step("POST", f"{repo}/check-runs/{run.id}/rerequest", "ben")
    yield Step("POST", f"{repo}/check-suites/{run.suite.id}/rerequest", "ben")
    status = {"state": "success", "context": "readiness/status", "description": "Ready", "target_url": "http://x.test/"}
    yield Step("POST", f"{repo}/statuses/{sha}", "bot", status)
    yield Step("GET", f"{repo}/commits/{sha}/statuses")
    yield Step("GET", f"{repo}/commits/{sha}/status")

    models.required_checks = ()
    world.ready_for_review(other, town.ada)
    yield Step("PUT", f"{repo}/pulls/{other.number}/merge", "ben", {"merge_method": "squash"})
    yield Step("GET", f"{repo}/pulls/{other.number}/merge")
    yield Step("GET", f"{repo}/pulls/{other.number}")
    for _ in ("new", "known"):
        yield Step("POST", f"{repo}/issues/comments/{comment.id}/reactions", "bot", {"content": "eyes"})
    yield Step("GET", f"{repo}/issues/comments/{comment.id}")
    yield Step("DELETE", f"{repo}/issues/comments/{comment.id}", "bot")

    ran = world.run_workflow(models, sha, {"evals": {"results.json": b"{}"}})
    artifact = ran.artifacts[0]
    yield Step("GET", f"{repo}/actions/runs?head_sha={sha}")
    yield Step("GET", f"{repo}/actions/runs/{ran.id}")
    yield Step("GET", f"{repo}/actions/runs/{ran.id}/artifacts?name=evals")
    yield Step("GET", f"{repo}/actions/artifacts/{artifact.id}")
    yield Step("GET", f"{repo}/actions/artifacts/{artifact.id}/zip")
    release = world.create_release(models, "evals/v1", {"results.json": b"{}"}, town.ada)
    yield Step("GET", f"{repo}/releases")
    yield Step("GET", f"{repo}/releases/tags/evals/v1")
    yield Step("GET", f"{repo}/releases/{release.id}/assets")
    yield Step("GET", f"{repo}/releases/assets/{release.assets[0].id}")

    town.settle()
    sent = town.world.deliveries[-1]
    yield Step("GET", "/app/hook/deliveries", "app")
    yield Step("GET", f"/app/hook/deliveries/{sent.id}", "app")
    yield Step("POST", f"/app/hook/deliveries/{sent.id}/attempts", "app")
    personal = world.install(town.app, town.ada)
    yield Step("GET", "/users/ada/installation", "app")
    yield Step("DELETE", f"/app/installations/{personal.id}", "app")
    yield Step("DELETE", "/installation/token")
    code = world.login_code(town.app, town.ada, "https://gate.example/login/callback", None)
    token = world.user_token(town.app.client_id, town.app.client_secret, code.text, None, None)
    yield Step("DELETE", f"/applications/{town.app.client_id}/token", "client", {"access_token": token.text})


@dataclass(frozen=True)
class Exchange:
    """A step with its answer."""

    step: Step
    answer: requests.Response

    def problems(self) -> list[str]:
        answer, step = self.answer, self.step
        if not 200 <= answer.status_code < 400:
            return [f"{answer.status_code}: {answer.text[:300]}"]
        path = answer.request.path_url.removeprefix("/api/v3").partition("?")[0]
        media = answer.headers.get("content-type", "")
        body = json.dumps(step.body) if step.body is not None else None
        query = answer.request.path_url.partition("?")[2]
        return [
            *openapi.check_request(step.method, path, query, body),
            *openapi.check_answer(step.method, path, answer.status_code, answer.text, media),
        ]


@pytest.fixture
def walked(town: Town) -> list[Exchange]:
    town.listen()
    tokens = {"app": town.jwt(), "bot": town.token(), "ada": town.token_of(town.ada), "ben": town.token_of(town.ben)}
    found = []
    for step in walk(town):
        headers = {"Accept": ACCEPT.format(step.form)} if step.form else {}
        more = {"auth": (town.app.client_id, town.app.client_secret)} if step.who == "client" else {}
        answer = town.call(step.method, step.path, tokens.get(step.who), json=step.body, headers=headers, **more)
        found.append(Exchange(step, answer))
    return found


def test_every_answer_is_one_that_github_gives_and_every_endpoint_was_asked(walked: list[Exchange]) -> None:
    wrong = {f"{each.step.method} {each.step.path} {each.step.form}": each.problems() for each in walked}
    assert {name: problems for name, problems in wrong.items() if problems} == {}
    asked = {
        (endpoint.method, endpoint.template)
        for endpoint in ENDPOINTS
        for each in walked
        if endpoint.match(each.step.method, each.step.path.partition("?")[0]) is not None
    }
    assert {(each.method, each.template) for each in ENDPOINTS} - asked == set()


def test_every_webhook_is_one_that_github_sends(town: Town) -> None:
    world, models = town.world, town.models
    world.set_webhook(town.app, town.receiver.url)
    pull = town.open_pull(text="one\ntwo\n", body="Why", draft=True)
    world.commit(models, "tune", {PROPOSAL: "one\ntwo\nthree\n"}, "More", town.ada)
    world.edit_pull(pull, town.ada, title="Another", body="Other")
    world.commit(models, "base", {"b.txt": "b\n"}, "Base", town.ben, start="main")
    world.edit_pull(pull, town.ada, base="base")
    world.ready_for_review(pull, town.ada)
    world.close(pull, town.ada)
    world.reopen(pull, town.ada)
    world.review(pull, town.ben, "REQUEST_CHANGES", "No", [(Place(PROPOSAL, 1), "This")])
    world.review(pull, town.ben, "APPROVE")
    comment = world.comment(pull, town.app.bot, "Hello", app=town.app)
    world.edit_comment(comment, town.app.bot, "Hello again")
    world.delete_comment(comment, town.app.bot)
    run = world.create_run(models, town.app, pull.head_sha, RunChange(name="readiness", status="in_progress"))
    remark = Annotation(PROPOSAL, 1, 1, "warning", "Hm")
    world.update_run(run, RunChange(conclusion="failure", output=Output("No", "Why", None, (remark,))))
    world.rerequest_run(run, town.ben)
    button = {"label": "Explain", "description": "What is wrong?", "identifier": "explain"}
    world.update_run(run, RunChange(actions=(button,)))
    world.request_action(run, "explain", town.ben)
    world.rerequest_suite(run.suite, town.ben)
    world.set_status(models, pull.head_sha, "failure", town.app.bot, context="x", description="No")
    world.merge(pull, town.ben)
    world.delete_branch(models, "tune", town.ada)
    world.select_repositories(town.installation, [town.site])
    world.select_repositories(town.installation, None)
    world.suspend_installation(town.installation)
    world.suspend_installation(town.installation)
    world.uninstall(town.installation)
    world.install(town.app, town.acme)
    town.sandbox.webhooks.settle(LIMIT)

    heard = town.receiver.heard()
    wrong = {
        each.event: webhook_schemas.check_webhook(each.headers["x-github-event"], each.payload, each.headers)
        for each in heard
    }
    assert {event: problems for event, problems in wrong.items() if problems} == {}
    assert {each.event for each in heard} == {
        "ping",
        "push",
        *(f"pull_request.{action}" for action in PULL_ACTIONS),
        *("check_suite.requested", "check_suite.rerequested", "check_suite.completed"),
        *("check_run.created", "check_run.completed", "check_run.rerequested", "check_run.requested_action"),
        "status",
        *("issue_comment.created", "issue_comment.edited", "issue_comment.deleted"),
        "pull_request_review.submitted",
        *("installation.created", "installation.deleted", "installation.suspend", "installation.unsuspend"),
        *("installation_repositories.added", "installation_repositories.removed"),
    }
