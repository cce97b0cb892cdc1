"""Does the matcher know a request that GitHub takes from one that it refuses?"""

import json
import re
from typing import Any

import pytest

from tests.peers.npm import load, need
from tests.peers.openapi import DESCRIPTION, check_answer, check_request

need(DESCRIPTION)

SHA = "0123456789abcdef0123456789abcdef01234567"
OUTPUT = {"title": "Not yet", "summary": "Two items are open."}
RUN = {"name": "readiness", "head_sha": SHA, "status": "in_progress", "output": OUTPUT}
ANNOTATION = {"path": "a.yaml", "start_line": 3, "end_line": 3, "annotation_level": "failure", "message": "Too few."}

# GitHub's own examples that do not fit its own schemas, as read: they lack what is required or name what is not known
SLIPS = {
    ("PATCH", "/gists/{gist_id}"),
    ("PATCH", "/repos/{owner}/{repo}/import"),
    ("PATCH", "/repos/{owner}/{repo}/security-advisories/{ghsa_id}"),
    ("POST", "/orgs/{org}/issue-fields"),
    ("POST", "/repos/{owner}/{repo}/pulls/{pull_number}/codespaces"),
    ("POST", "/user/codespaces/{codespace_name}/publish"),
    ("POST", "/user/keys"),
    ("POST", "/user/ssh_signing_keys"),
    ("PUT", "/orgs/{org}/copilot-spaces/{space_number}"),
    ("PUT", "/user/codespaces/secrets/{secret_name}/repositories"),
    ("PUT", "/users/{username}/copilot-spaces/{space_number}"),
}


def asked(method: str, target: str, body: Any = None) -> list[str]:
    path, _, query = target.partition("?")
    return check_request(method, path, query, None if body is None else json.dumps(body))


def with_annotation(**fields: Any) -> dict[str, Any]:
    return RUN | {"output": OUTPUT | {"annotations": [ANNOTATION | fields]}}


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [
        ("GET", "/repos/acme/models/pulls/5", None),
        ("GET", "/repos/acme/models/pulls/5/files?per_page=100&page=2", None),
        ("GET", f"/repos/acme/models/contents/adapters/router/finetune-proposal.yaml?ref={SHA}", None),
        ("GET", f"/repos/acme/models/contents/a%20folder/%C3%A9t%C3%A9.jsonl?ref={SHA}", None),
        ("GET", "/repos/acme/models/contents/pulls/5/files", None),
        ("GET", f"/repos/acme/models/git/trees/{SHA}?recursive=1", None),
        ("GET", "/repos/acme/models/contents", None),
        ("GET", "/repos/acme/models/contents/?ref=main", None),
        ("GET", "/repositories/33/pulls/5", None),
        ("GET", "/organizations/8/members?page=2", None),
        ("GET", f"/repos/acme/models/commits/{SHA}/check-runs?check_name=x&app_id=3&filter=all", None),
        ("GET", "/repos/acme/models/commits/feature/tune/status", None),
        ("POST", "/repos/acme/models/check-runs", RUN),
        ("POST", "/repos/acme/models/check-runs", with_annotation(title="Too few", start_column=1, end_column=4)),
        (
            "PATCH",
            "/repos/acme/models/check-runs/7",
            {"status": "completed", "conclusion": "failure", "output": OUTPUT},
        ),
        ("POST", f"/repos/acme/models/statuses/{SHA}", {"state": "success", "target_url": None, "context": "a/b"}),
        ("POST", "/repos/acme/models/issues/5/comments", {"body": "x" * 65_536}),
        (
            "POST",
            "/repos/acme/models/pulls/5/reviews",
            {"event": "COMMENT", "body": "b", "comments": [{"path": "a", "line": 3, "side": "RIGHT", "body": "c"}]},
        ),
        ("POST", "/repos/acme/models/issues/5/labels", ["overdue"]),
        ("POST", "/repos/acme/models/issues/5/labels", {"labels": ["overdue"]}),
        ("POST", "/app/installations/9/access_tokens", None),
        ("POST", "/app/installations/9/access_tokens", {"repository_ids": [3], "permissions": {"checks": "write"}}),
        ("GET", "/orgs/acme/members/ada", None),
    ],
)
def test_what_github_takes_passes(method: str, target: str, body: Any) -> None:
    assert asked(method, target, body) == []


def test_github_s_own_examples_of_requests_pass_but_for_its_own_slips() -> None:
    examples = load(DESCRIPTION)["x-requests"]
    refused = {
        (method, template)
        for method, template, body in examples
        if any(said.startswith("body") for said in asked(method, re.sub(r"\{\w+\}", "1", template), body))
    }
    assert refused == SLIPS
    assert len(examples) > 350


@pytest.mark.parametrize(
    ("method", "target", "body", "said"),
    [
        # unknown
        ("GET", "/repos/acme/models/pull/5", None, "no such operation"),
        ("DELETE", "/repos/acme/models/check-runs/7", None, "no such operation"),
        ("GET", "/repositories/33/pull/5", None, "no such operation"),
        ("GET", "/api/v3/repos/acme/models/pulls/5", None, "no such operation"),
        # misspelt
        ("GET", "/repos/acme/models/pulls/5/files?perpage=100", None, "query.perpage"),
        ("GET", f"/repos/acme/models/contents/a/b.yaml?reff={SHA}", None, "query.reff"),
        ("POST", "/repos/acme/models/check-runs", RUN | {"detailsurl": "https://a.example"}, "'detailsurl'"),
        ("POST", "/repos/acme/models/check-runs", RUN | {"output": OUTPUT | {"titel": "x"}}, "'titel'"),
        ("POST", "/repos/acme/models/check-runs", with_annotation(line=3), "'line'"),
        ("PATCH", "/repos/acme/models/check-runs/7", {"status": "queued", "headsha": SHA}, "'headsha'"),
        (
            "POST",
            "/repos/acme/models/pulls/5/reviews",
            {"comments": [{"path": "a", "body": "b", "line": 3, "lines": 3}]},
            "'lines'",
        ),
        ("POST", "/app/installations/9/access_tokens", {"permissions": {"checkz": "write"}}, "'checkz'"),
        # of a wrong type or value
        ("GET", "/repos/acme/models/pulls/five", None, "path.pull_number"),
        ("GET", "/repos/acme/models/pulls?state=openn", None, "query.state"),
        ("GET", "/repos/acme/models/pulls?page=two", None, "query.page"),
        ("GET", "/repos/acme/models/pulls?state=open&state=closed", None, "query.state"),
        ("POST", "/repos/acme/models/check-runs", RUN | {"status": "running"}, "body.status"),
        ("POST", "/repos/acme/models/check-runs", RUN | {"output": "done"}, "body.output"),
        ("POST", "/repos/acme/models/check-runs", with_annotation(annotation_level="error"), "annotations[0]"),
        ("POST", "/repos/acme/models/check-runs", RUN | {"started_at": "yesterday"}, "body.started_at"),
        ("POST", "/app/installations/9/access_tokens", {"repository_ids": ["3"]}, "body.repository_ids[0]"),
        # missing, or too much
        ("POST", "/repos/acme/models/check-runs", None, "body: required"),
        ("POST", "/repos/acme/models/check-runs", {"name": "readiness"}, "'head_sha' is a required"),
        ("POST", "/repos/acme/models/check-runs", RUN | {"output": {"summary": "s"}}, "'title' is a required"),
        ("GET", "/repos/acme/models/pulls/5", {"a": 1}, "takes none"),
        (
            "POST",
            "/repos/acme/models/check-runs",
            RUN | {"output": OUTPUT | {"annotations": [ANNOTATION] * 51}},
            "too long",
        ),
        (
            "POST",
            "/repos/acme/models/check-runs",
            RUN | {"output": OUTPUT | {"text": "x" * 65_536}},
            "body.output.text",
        ),
    ],
)
def test_what_the_description_does_not_know_is_a_problem(method: str, target: str, body: Any, said: str) -> None:
    problems = asked(method, target, body)
    assert problems
    assert all(said in problem for problem in problems)


@pytest.mark.parametrize(
    ("method", "target", "body", "said"),
    [
        ("GET", "/repos/acme/models/pulls?per_page=101", None, "query.per_page"),
        ("GET", "/repos/acme/models/pulls?page=0", None, "query.page"),
        ("POST", "/app/installations/9/access_tokens", {"permissions": {}}, "without any right"),
        ("POST", "/repos/acme/models/issues/5/comments", {"body": "x" * 65_537}, "body.body"),
        ("PATCH", "/repos/acme/models/issues/comments/8", {"body": "x" * 65_537}, "body.body"),
        (
            "POST",
            f"/repos/acme/models/statuses/{SHA}",
            {"state": "error", "description": "x" * 141},
            "body.description",
        ),
        ("POST", "/repos/acme/models/check-runs", RUN | {"status": "completed"}, "body.conclusion"),
        ("POST", "/repos/acme/models/check-runs", RUN | {"conclusion": "success"}, "body.status"),
        ("POST", "/repos/acme/models/check-runs", with_annotation(title="x" * 256), "annotations[0].title"),
        ("POST", "/repos/acme/models/check-runs", with_annotation(message="é" * 32_769), "annotations[0].message"),
        (
            "POST",
            "/repos/acme/models/check-runs",
            with_annotation(end_line=4, end_column=1),
            "annotations[0].start_column",
        ),
        ("POST", "/repos/acme/models/check-runs", with_annotation(start_line=0), "annotations[0].start_line"),
        ("POST", "/repos/acme/models/pulls/5/reviews", {"event": "COMMENT"}, "body.body"),
        ("POST", "/repos/acme/models/pulls/5/reviews", {"comments": [{"path": "a", "body": "b"}]}, "comments[0].line"),
        (
            "POST",
            "/repos/acme/models/pulls/5/reviews",
            {"comments": [{"path": "a", "body": "b", "line": 3, "start_line": 3}]},
            "comments[0].start_line",
        ),
    ],
)
def test_what_only_github_s_prose_forbids_is_a_problem(method: str, target: str, body: Any, said: str) -> None:
    (problem,) = asked(method, target, body)
    assert said in problem


def test_a_body_that_is_no_json_is_a_problem() -> None:
    assert check_request("POST", "/repos/acme/models/issues/5/comments", "", "body=hello") == ["body: no JSON"]


STATUS = {
    "url": f"https://api.example/repos/acme/models/statuses/{SHA}",
    "avatar_url": None,
    "id": 1,
    "node_id": "MDY",
    "state": "success",
    "description": None,
    "target_url": None,
    "context": "tunegate/readiness",
    "created_at": "2026-01-31T23:30:00Z",
    "updated_at": "2026-01-31T23:30:00Z",
    "creator": None,
}


def answered(status: int, body: Any, media: str = "application/json; charset=utf-8") -> list[str]:
    text = "" if body is None else json.dumps(body)
    return check_answer("POST", f"/repos/acme/models/statuses/{SHA}", status, text, media)


def test_an_answer_that_github_gives_passes_with_its_nulls() -> None:
    assert answered(201, STATUS) == []


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (201, {key: value for key, value in STATUS.items() if key != "state"}, "'state' is a required property"),
        (201, STATUS | {"id": "1"}, "answer 201.id"),
        (201, STATUS | {"id": None}, "answer 201.id"),
        (201, STATUS | {"created_at": None}, "answer 201.created_at"),
        (201, STATUS | {"creator": {"login": "ada"}}, "answer 201.creator"),
        (201, [STATUS], "answer 201"),
        (201, None, "no body"),
        (200, STATUS, "never answers so"),
        (422, {"error": "no"}, "'message' is a required property"),
    ],
)
def test_an_answer_that_github_does_not_give_is_a_problem(status: int, body: Any, said: str) -> None:
    problems = answered(status, body)
    assert problems
    assert said in problems[0]


def test_a_refusal_passes_though_no_operation_lists_it() -> None:
    assert answered(401, {"message": "Bad credentials", "documentation_url": "https://docs.example/rest"}) == []


def test_a_name_that_has_changed_and_an_answer_that_has_not_may_be_anywhere() -> None:
    where = {
        "message": "Moved Permanently",
        "url": "https://a.example/repositories/33",
        "documentation_url": "https://a",
    }
    assert answered(301, where) == []
    assert answered(304, None, "") == []


def test_a_status_alone_is_an_answer() -> None:
    assert check_answer("GET", "/orgs/acme/members/ada", 204, "", "") == []
    assert check_answer("GET", "/orgs/acme/members/ada", 204, "{}") == ["answer 204: a body"]
    assert check_answer("GET", "/orgs/acme/members/ada", 404, '{"message": "Not Found"}') == []
    assert check_answer("GET", "/orgs/acme/members/ada", 404, '{"reason": "Not Found"}') != []


def test_a_file_s_description_passes_in_either_of_its_forms() -> None:
    links = {"self": "https://a.example/f", "git": "https://a.example/g", "html": "https://a.example/h"}
    file: dict[str, Any] = {
        "type": "file",
        "encoding": "base64",
        "size": 2,
        "name": "a.yaml",
        "path": "b/a.yaml",
        "content": "e30=",
        "sha": SHA,
        "url": links["self"],
        "git_url": links["git"],
        "html_url": links["html"],
        "download_url": links["html"],
        "_links": links,
    }
    path = "/repos/acme/models/contents/b/a.yaml"
    assert check_answer("GET", path, 200, json.dumps(file)) == []
    assert check_answer("GET", path, 200, json.dumps([file])) == []
    assert check_answer("GET", path, 200, json.dumps(file | {"size": "2"})) != []
    assert check_answer("GET", path, 200, "version: 1\n", "application/vnd.github.raw+json; charset=utf-8") == []
    assert check_answer("GET", path, 200, "<html>", "text/html") == ["answer 200: of type 'text/html'"]
