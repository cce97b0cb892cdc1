"""Is a run of MLflow read with all that was ever logged, from the operator's servers and with the operator's login alone?"""

import json
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.readiness.fact import Grade, Trouble
from bot.sources.stores import mlflow
from bot.sources.stores.mlflow import MlflowStore
from bot.sources.stores.operator import Mlflow
from tests.sources.stores.loopback import INTERNAL, Internet, body, known, pin, read, trouble

RUN = "mlflow://mlflow.example/run1"
API = "mlflow.example/api/2.0/mlflow/"


def store(internet: Internet, **login: str) -> MlflowStore:
    internet.name("mlflow.example", [INTERNAL])
    return MlflowStore({"mlflow.example": Mlflow(url="https://mlflow.example/", **login)}, internet.guard())


def replies(internet: Internet, histories: dict[str, list[list[dict[str, Any]]]]) -> None:
    """Answer as a tracking server: the run with the latest values, and each history page by page."""
    latest = [{"key": name, "value": pages[-1][-1]["value"]} for name, pages in histories.items()]
    run = {"run": {"info": {"run_id": "run1", "status": "FINISHED"}, "data": {"metrics": latest}}}
    internet.serve(f"{API}runs/get", body(json.dumps(run).encode()))

    def history(handler: BaseHTTPRequestHandler) -> None:
        query = parse_qs(urlsplit(handler.path).query)
        assert query["run_id"] == ["run1"]
        pages = histories[query["metric_key"][0]]
        at = int(query.get("page_token", ["0"])[0])
        more = {"next_page_token": str(at + 1)} if at + 1 < len(pages) else {}
        body(json.dumps({"metrics": pages[at], **more}).encode())(handler)

    internet.serve(f"{API}metrics/get-history", history)


def test_a_metric_that_was_logged_over_shows_all_its_values_in_their_order(internet: Internet) -> None:
    late, early = {"value": 0.716, "timestamp": 2, "step": 0}, {"value": 0.715, "timestamp": 1, "step": 0}
    replies(internet, {"exact/mean": [[late], [early]], "lös": [[{"value": "NaN", "timestamp": 1, "step": 0}]]})
    content, source = known(read(store(internet), RUN))
    found = json.loads(content)
    assert found["metric_history"] == {"exact/mean": [0.715, 0.716], "lös": ["NaN"]}
    assert found["run"]["info"] == {"run_id": "run1", "status": "FINISHED"}
    assert (source.grade, source.revision, pin(store(internet), RUN)) == (Grade.D, None, None)
    assert known(read(store(internet), RUN)) == (content, source)  # canonical: a digest beside the link can hold


def test_an_artifact_is_read_as_it_is(internet: Internet) -> None:
    internet.serve("mlflow.example/get-artifact", body(b"a,b\n"))
    assert known(read(store(internet), f"{RUN}/tables/rows 1.csv"))[0] == b"a,b\n"
    assert parse_qs(urlsplit(internet.heard[0].path).query) == {"path": ["tables/rows 1.csv"], "run_uuid": ["run1"]}


@pytest.mark.parametrize(
    ("login", "sent"),
    [
        ({}, None),
        ({"token": "t0ken"}, "Bearer t0ken"),
        ({"username": "bot", "password": "word"}, "Basic Ym90OndvcmQ="),
    ],
)
def test_the_operators_login_is_sent(internet: Internet, login: dict[str, str], sent: str | None) -> None:
    internet.serve("mlflow.example/get-artifact", body(b"x"))
    assert known(read(store(internet, **login), f"{RUN}/x"))[0] == b"x"
    assert internet.heard[0].headers.get("authorization") == sent


def test_a_fork_waits_and_another_server_is_closed(internet: Internet) -> None:
    opened = store(internet)
    fact = trouble(read(opened, RUN, trusted=False))
    assert (fact.trouble, "from a fork" in fact.reason) == (Trouble.NOT_SUPPORTED, True)
    assert (pin(opened, RUN, trusted=False, sha256="0" * 64), pin(opened, RUN, sha256="0" * 64)) == (
        None,
        f"sha256:{'0' * 64}",
    )
    for host in ("other.example", "mlflow.example:5000"):
        fact = trouble(read(opened, f"mlflow://{host}/run1"))
        assert (fact.trouble, f"`{host}` is not opened" in fact.reason) == (Trouble.DEFINITIVE, True)
        assert pin(opened, f"mlflow://{host}/run1", sha256="0" * 64) is None
    assert not internet.looked_up


@pytest.mark.parametrize("path", ["run%2F1", "run1/../x", "a.b"])
def test_what_is_no_run_is_not_asked_for(internet: Internet, path: str) -> None:
    fact = trouble(read(store(internet), f"mlflow://mlflow.example/{path}"))
    assert (fact.trouble, internet.looked_up) == (Trouble.DEFINITIVE, [])


@pytest.mark.parametrize(
    ("status", "expected", "said"),
    [(401, Trouble.PASSING, "`mlflow`"), (404, Trouble.DEFINITIVE, "Correct"), (500, Trouble.PASSING, "tried again")],
)
def test_a_refusal_says_what_to_do(internet: Internet, status: int, expected: Trouble, said: str) -> None:
    internet.serve(f"{API}runs/get", body(b"", status))
    fact = trouble(read(store(internet), RUN))
    assert (fact.trouble, said in (fact.fix or "")) == (expected, True)


@pytest.mark.parametrize("content", [b"<html>", b'{"a": 1, "a": 2}'])
def test_an_answer_that_is_no_proper_json_is_no_run(internet: Internet, content: bytes) -> None:
    internet.serve(f"{API}runs/get", body(content))
    assert trouble(read(store(internet), RUN)).trouble is Trouble.PASSING


@pytest.mark.parametrize(
    "content", [b"[]", b"{}", b'{"run": 1}', b'{"run": {"data": {"metrics": [1, {"key": 2}]}}}', b'{"a": "\\ud800"}']
)
def test_an_answer_of_another_shape_has_no_history(internet: Internet, content: bytes) -> None:
    internet.serve(f"{API}runs/get", body(content))
    assert json.loads(known(read(store(internet), RUN))[0])["metric_history"] == {}


def test_a_failure_within_a_history_is_no_run_with_less(internet: Internet) -> None:
    replies(internet, {"exact": [[{"value": 1}]]})
    internet.serve(f"{API}metrics/get-history", body(b"", 503))
    assert trouble(read(store(internet), RUN)).trouble is Trouble.PASSING


def test_all_answers_together_have_no_more_bytes_than_the_cap(internet: Internet) -> None:
    replies(internet, {"exact": [[{"value": 1, "pad": "x" * 400}]] * 3})
    assert known(read(store(internet), RUN, max_bytes=2_000))
    fact = trouble(read(store(internet), RUN, max_bytes=1_000))
    assert (fact.trouble, "bytes are read" in fact.reason) == (Trouble.DEFINITIVE, True)


def test_a_history_without_end_is_left(internet: Internet) -> None:
    replies(internet, {"loss": [[{"value": 1}]] * (mlflow.MAX_PAGES + 1)})
    fact = trouble(read(store(internet), RUN))
    assert (fact.trouble, "more than 5,000 times" in fact.reason) == (Trouble.DEFINITIVE, True)
    assert len(internet.heard) == 1 + mlflow.MAX_PAGES
    replies(internet, {f"m{n:02}": [[{"value": n}]] for n in range(mlflow.MAX_METRICS + 1)})
    assert len(json.loads(known(read(store(internet), RUN))[0])["metric_history"]) == mlflow.MAX_METRICS
