"""Does evidence outside the repository reach the answer, graded by where it lies, and does a hostile link harm nobody?"""

import hashlib
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.sandbox.model import App
from bot.sandbox.server import Sandbox
from bot.sources.stores.operator import Operator
from tests.end_to_end.conftest import Team, at_work
from tests.end_to_end.test_bad_input import goes_on
from tests.github.stores import Store, store
from tests.github.zips import zipped

ARTIFACT, ROWS = "evals/baseline_results.json", "evals/baseline_rows.jsonl"


@pytest.fixture
def mlflow() -> Iterator[Store]:
    """A tracking server's artifacts, on this machine."""
    with store() as running:
        yield running


@pytest.fixture
def team(sandbox: Sandbox, app: App, database_url: str, mlflow: Store) -> Iterator[Team]:
    """The service of an operator who has opened a tracking server inside the network."""
    host = urlsplit(mlflow.url).netloc
    operator = Operator.model_validate({"mlflow": {host: {"url": mlflow.url, "token": "t0ken"}}, "deadline_seconds": 5})
    with at_work(sandbox, app, database_url, operator) as running:
        yield running


def ready(team: Team) -> tuple[str, str, dict[str, str]]:
    """Take the sample that is ready: the path of its proposal, the proposal, and its files."""
    sample, files = team.example("ready")
    path = f"{sample.folder}/finetune-proposal.yaml"
    return path, files[path], files


def test_a_workflow_s_artifact_is_evidence_of_the_best_grade(team: Team) -> None:
    path, text, files = ready(team)
    folder = path.rpartition("/")[0]
    left = {name: files.pop(f"{folder}/{name}").encode() for name in (ARTIFACT, ROWS)}
    pull = team.open(dict(files))
    run = team.world.run_workflow(pull.repo, pull.head_sha, {"evals": left})
    for name in left:
        text = text.replace(name, f"actions://{run.id}/evals/{name}")
    team.push(pull, {path: text})
    answer = team.answer(pull)
    assert answer.conclusion == "success", [a.message for a in answer.annotations]
    assert f"actions://{run.id}/evals/{ARTIFACT}" in (answer.text or "")
    assert "grade A" in (answer.text or "")


def test_an_artifact_of_an_mlflow_run_is_read_with_the_operator_s_login(team: Team, mlflow: Store) -> None:
    path, text, files = ready(team)
    folder, host = path.rpartition("/")[0], urlsplit(mlflow.url).netloc
    for name in (ARTIFACT, ROWS):
        content = files.pop(f"{folder}/{name}").encode()
        mlflow.says(f"/get-artifact?path={name.replace('/', '%2F')}&run_uuid=abc123", content)
        pinned = f"{{uri: 'mlflow://{host}/abc123/{name}', sha256: {hashlib.sha256(content).hexdigest()}}}"
        text = text.replace(name, pinned)
    answer = team.answer(team.open({**files, path: text}))
    assert answer.conclusion == "success", [a.message for a in answer.annotations]
    assert {headers["authorization"] for _, headers in mlflow.requests} == {"Bearer t0ken"}
    assert {parse_qs(urlsplit(asked).query)["run_uuid"][0] for asked, _ in mlflow.requests} == {"abc123"}


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("https://169.254.169.254/latest/meta-data/", "not read from `169.254.169.254`"),
        ("https://localhost/x.json", "not read from `localhost`"),
        ("https://github.com:22/x.json", "port 443"),
        ("https://evil.example/x.json", "not read from `evil.example`"),
        ("https://user:secret@github.com/x.json", "user name or a password"),
        ("mlflow://metadata.internal/run", "`metadata.internal` is not opened"),
        ("s3://somebody-else/x.json", "`s3://somebody-else` is not opened"),
        ("actions://7/evals/x.json", "no workflow run 7"),
        ("file:///etc/passwd", "file"),
        ("http://127.0.0.1/x.json", "http"),
    ],
)
def test_a_hostile_or_dead_link_is_told_at_its_line(team: Team, uri: str, said: str) -> None:
    path, text, files = ready(team)
    lines = text.splitlines()
    at = next(n for n, line in enumerate(lines, 1) if line.startswith("  baseline: {model"))
    lines[at - 1] = lines[at - 1].replace(ARTIFACT, f"'{uri}'")
    answer = team.answer(team.open({**files, path: "\n".join(lines) + "\n"}))
    assert answer.conclusion == "failure"
    told = [(a.start_line, a.message) for a in answer.annotations]
    assert [message for line, message in told if line == at and said in message], told
    goes_on(team)


def test_an_artifact_that_has_expired_is_told_with_the_way_out(team: Team) -> None:
    path, text, files = ready(team)
    pull = team.open(dict(files))
    run = team.world.run_workflow(pull.repo, pull.head_sha, {"evals": {"x.json": b"{}"}})
    run.artifacts[0].expires_at = run.artifacts[0].created_at
    team.push(pull, {path: text.replace(ARTIFACT, f"actions://{run.id}/evals/x.json")})
    answer = team.answer(pull)
    assert any("has expired" in a.message and "Run the workflow again" in a.message for a in answer.annotations)


def test_a_file_of_git_lfs_is_evidence_like_any_other_of_the_commit(team: Team) -> None:
    path, _, files = ready(team)
    folder = path.rpartition("/")[0]
    repo = team.repo()
    large = {
        f"{folder}/{name}": team.world.store_large(repo, files[f"{folder}/{name}"].encode())
        for name in (ARTIFACT, ROWS)
    }
    answer = team.answer(team.open({**files, **large}))
    assert answer.conclusion == "success", [a.message for a in answer.annotations]


@pytest.mark.parametrize(
    ("archive", "said"),
    [
        (zipped({"x.json": bytes(50_000_000)}), "unpacks to more than 500 times its size"),
        (zipped({f"{n}.json": b"{}" for n in range(6_000)}), "holds more than 5,000 files"),
        (b"no archive", "is no zip archive"),
    ],
    ids=["bomb", "crowd", "noise"],
)
def test_a_hostile_artifact_is_told_at_the_line_of_its_link(team: Team, archive: bytes, said: str) -> None:
    path, text, files = ready(team)
    pull = team.open(dict(files))
    run = team.world.run_workflow(pull.repo, pull.head_sha, {"evals": archive})
    text = text.replace(ARTIFACT, f"actions://{run.id}/evals/x.json")
    team.push(pull, {path: text})
    at = next(n for n, line in enumerate(text.splitlines(), 1) if line.startswith("  baseline: {model"))
    told = [(a.start_line, a.message) for a in team.answer(pull).annotations]
    assert [message for line, message in told if line == at and said in message], told
    goes_on(team)
