"""Does the sandbox keep artifacts, assets and large files as GitHub does: for whom, how long, and where?"""

import base64
import io
import zipfile
from typing import Any

import pytest
import requests

from bot.sandbox.state import Refused
from tests.sandbox.town import Refusal, Town

REPO = "/repos/acme/models"
FORBIDDEN = "Resource not accessible by integration"
OID = "a" * 64


def _fetch(url: str, **headers: str) -> requests.Response:
    return requests.get(url, headers=headers, timeout=10)


def test_an_artifact_is_found_through_its_run_and_fetched_elsewhere(town: Town) -> None:
    sha = town.models.branches["main"]
    run = town.world.run_workflow(town.models, sha, {"evals": {"a/b.json": b"{}"}, "other": {"x": b""}})
    token = town.token()
    listed = town.call("GET", f"{REPO}/actions/runs/{run.id}/artifacts?name=evals", token).json()
    assert (listed["total_count"], [each["name"] for each in listed["artifacts"]]) == (1, ["evals"])
    assert town.call("GET", f"{REPO}/actions/runs/{run.id}/artifacts", token).json()["total_count"] == 2
    sent = town.call("GET", f"{REPO}/actions/artifacts/{listed['artifacts'][0]['id']}/zip", token)
    assert (sent.status_code, sent.content) == (302, b"")
    fetched = _fetch(sent.headers["location"])
    assert zipfile.ZipFile(io.BytesIO(fetched.content)).read("a/b.json") == b"{}"


def test_a_lent_address_is_for_whoever_has_it_for_a_minute_and_for_no_credential(town: Town) -> None:
    url = town.world.lend(b"content")
    assert _fetch(url).content == b"content"
    assert _fetch(url, Authorization=f"Bearer {town.token()}").status_code == 400
    assert _fetch(url + "x").status_code == 403
    town.pass_time(seconds=60)
    assert _fetch(url).status_code == 403


def test_an_artifact_is_kept_for_ninety_days(town: Town) -> None:
    run = town.world.run_workflow(town.models, town.models.branches["main"], {"evals": {}})
    where = f"{REPO}/actions/artifacts/{run.artifacts[0].id}"
    town.pass_time(days=89)
    assert town.call("GET", where, town.token()).json()["expired"] is False
    town.pass_time(days=1)
    assert town.call("GET", where, town.token()).json()["expired"] is True
    assert Refusal.of(town.call("GET", f"{where}/zip", town.token())) == Refusal(410, "Artifact has expired")


def test_runs_are_read_by_whom_the_permission_was_given(town: Town) -> None:
    run = town.world.run_workflow(town.models, town.models.branches["main"], {"evals": {}})
    open_run = town.world.run_workflow(town.site, town.site.branches["main"], {"evals": {}})
    without = town.token(permissions={"contents": "read"})
    assert Refusal.of(town.call("GET", f"{REPO}/actions/runs/{run.id}", without)) == Refusal(403, FORBIDDEN)
    assert town.call("GET", f"{REPO}/actions/runs/{run.id}").status_code == 404
    site = "/repos/acme/site/actions"
    assert town.call("GET", f"{site}/runs/{open_run.id}").status_code == 200
    zipped = f"{site}/artifacts/{open_run.artifacts[0].id}/zip"
    assert Refusal.of(town.call("GET", zipped)) == Refusal(401, "Requires authentication")
    assert town.call("GET", zipped, town.token()).status_code == 302
    assert town.call("GET", zipped.replace("/zip", "/tar"), town.token()).status_code == 404
    # of another repository
    assert town.call("GET", f"{REPO}/actions/runs/{open_run.id}", town.token()).status_code == 404
    assert town.call("GET", f"{REPO}/actions/artifacts/{open_run.artifacts[0].id}", town.token()).status_code == 404


def test_a_fork_s_run_names_the_fork(town: Town) -> None:
    fork = town.world.fork(town.models, town.ada, "models-fork")
    made = town.world.commit(fork, "idea", {"x": "x"}, "Idea", town.ada)
    run = town.world.run_workflow(town.models, made.sha, {"evals": {}}, head_repo=fork, event="pull_request")
    said = town.call("GET", f"{REPO}/actions/runs/{run.id}", town.token()).json()
    assert (said["repository"]["id"], said["head_repository"]["id"]) == (town.models.id, fork.id)
    assert (said["head_branch"], said["head_sha"], said["event"]) == ("idea", made.sha, "pull_request")


def test_runs_are_counted_by_their_workflow(town: Town) -> None:
    sha = town.models.branches["main"]
    first, second = (town.world.run_workflow(town.models, sha) for _ in range(2))
    other = town.world.run_workflow(town.models, sha, path=".github/workflows/other.yml", status="queued")
    assert [each.number for each in (first, second, other)] == [1, 2, 1]
    assert first.workflow_id == second.workflow_id != other.workflow_id
    listed = town.call("GET", f"{REPO}/actions/runs?head_sha={sha}", town.token()).json()["workflow_runs"]
    assert [each["id"] for each in listed] == [other.id, second.id, first.id]
    assert (listed[0]["status"], listed[0]["conclusion"]) == ("queued", None)
    assert town.call("GET", f"{REPO}/actions/runs?head_sha={OID[:40]}", town.token()).json()["total_count"] == 0
    with pytest.raises(Refused):
        town.world.run_workflow(town.models, OID[:40])


def test_an_asset_is_replaced_by_one_of_its_name(town: Town) -> None:
    release = town.world.create_release(town.models, "evals/v1", {"a.json": b"1", "b.json": b"2"})
    town.world.attach(release, "a.json", b"3")
    said = town.call("GET", f"{REPO}/releases/tags/evals/v1", town.token()).json()
    assert [each["name"] for each in said["assets"]] == ["b.json", "a.json"]
    where = f"{REPO}/releases/assets/{said['assets'][1]['id']}"
    sent = town.call("GET", where, town.token(), headers={"Accept": "application/octet-stream"})
    assert (sent.status_code, _fetch(sent.headers["location"]).content) == (302, b"3")
    assert town.call("GET", where, town.token()).json()["size"] == 1
    assert town.call("GET", f"{REPO}/releases/tags/v2", town.token()).status_code == 404
    with pytest.raises(Refused):
        town.world.create_release(town.models, "evals/v1")


def _batch(town: Town, token: str | None, body: Any, repo: str = "acme/models") -> requests.Response:
    auth = None if token is None else ("x-access-token", token)
    where = f"{town.world.url}/{repo}.git/info/lfs/objects/batch"
    return requests.post(where, json=body, auth=auth, timeout=10)


def _asking(oid: str, size: int) -> dict[str, Any]:
    return {"operation": "download", "objects": [{"oid": oid, "size": size}]}


def test_a_large_file_is_fetched_by_its_digest_and_its_proof(town: Town) -> None:
    pointer = town.world.store_large(town.models, b"large").decode()
    oid = pointer.partition("sha256:")[2].partition("\n")[0]
    answer = _batch(town, town.token(), _asking(oid, 5))
    assert answer.headers["content-type"] == "application/vnd.git-lfs+json"
    download = answer.json()["objects"][0]["actions"]["download"]
    assert _fetch(download["href"]).status_code == 403
    assert _fetch(download["href"], **download["header"]).content == b"large"
    fork = town.world.fork(town.models, town.ada)
    assert town.world.large_file(fork, oid) == b"large"
    assert town.world.large_file(town.site, oid) is None


def test_a_large_file_that_is_not_there_is_an_error_of_its_own(town: Town) -> None:
    town.world.store_large(town.models, b"large")
    found = _batch(town, town.token(), _asking(OID, 5)).json()["objects"][0]
    assert (found["error"]["code"], "actions" in found) == (404, False)
    pointer = town.world.store_large(town.models, b"large").decode()
    oid = pointer.partition("sha256:")[2].partition("\n")[0]
    assert _batch(town, town.token(), _asking(oid, 6)).json()["objects"][0]["error"]["code"] == 422


def test_large_files_are_for_whoever_may_read_the_repository(town: Town) -> None:
    asked = _asking(OID, 5)
    assert _batch(town, None, asked).status_code == 401
    assert _batch(town, "ghs_unknown", asked).status_code == 401
    assert _batch(town, town.token_of(town.eve), asked).status_code == 404
    assert _batch(town, town.token_of(town.ada), asked).status_code == 200
    assert _batch(town, town.token(permissions={"actions": "read"}), asked).status_code == 403
    assert _batch(town, town.token(repositories=["site"]), asked).status_code == 404
    assert _batch(town, town.token(), asked, "acme/nowhere").status_code == 404
    assert _batch(town, town.jwt(), asked).status_code == 403
    odd = {"Authorization": "Basic " + base64.b64encode(b"\xff").decode()}
    where = f"{town.world.url}/acme/models.git/info/lfs/objects/batch"
    assert requests.post(where, json=asked, headers=odd, timeout=10).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"operation": "upload", "objects": []},
        {"operation": "download", "objects": [{}]},
        {"operation": "download", "objects": [{"oid": OID, "size": 1}] * 101},
        {"operation": "download", "objects": [], "transfers": ["tus"]},
        {"operation": "download", "objects": [], "hash_algo": "sha512"},
    ],
)
def test_a_question_that_is_none_is_refused(town: Town, body: Any) -> None:
    assert _batch(town, town.token(), body).status_code == 422


def test_commits_are_listed_by_path_and_time(town: Town) -> None:
    commits = []
    for n in range(3):
        town.pass_time(hours=1)
        commits.append(town.world.commit(town.models, "main", {"data/rows.jsonl": f"{n}\n"}, str(n), town.ben).sha)

    def listed(query: str) -> list[str]:
        answer = town.call("GET", f"{REPO}/commits?path=data/rows.jsonl&{query}", town.token())
        return [each["sha"] for each in answer.json()]

    assert listed("since=2026-03-02T14:00:00Z") == commits[:0:-1]
    assert listed("since=2026-03-02T14:00:00Z&until=2026-03-02T14:30:00Z") == [commits[1]]
    assert listed(f"sha={commits[0]}&per_page=1") == [commits[0]]
    assert town.call("GET", f"{REPO}/commits?since=yesterday", town.token()).status_code == 422
