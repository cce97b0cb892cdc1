"""Is a run of W&B read through its API, and the key kept for the API alone?"""

import json
from typing import Any

import pytest

from bot.readiness.fact import Grade, Trouble
from bot.sources.stores.operator import Wandb
from bot.sources.stores.wandb import WandbStore
from tests.sources.stores.loopback import INTERNAL, Internet, body, known, pin, read, redirect, trouble

RUN, FILE = "wandb://Acme/router/4fz2", "wandb://Acme/router/4fz2/media/rows 1.json"
API = "api.wandb.ai/graphql"
SENT = "Basic YXBpOmtleQ=="  # api:key


def store(internet: Internet, **more: str) -> WandbStore:
    internet.name("api.wandb.ai")
    return WandbStore(Wandb(**more), internet.guard())


def run(**fields: Any) -> bytes:
    return json.dumps({"data": {"project": {"run": fields}}}).encode()


def file_at(url: str | None, name: str = "media/rows 1.json") -> bytes:
    return run(
        files={
            "edges": [
                None,
                {"node": {"name": "other", "directUrl": "https://other.example/"}},
                {"node": {"name": name, "directUrl": url}},
            ]
        }
    )


def test_a_summary_is_written_out_with_the_names_of_its_run(internet: Internet) -> None:
    internet.serve(
        API,
        body(
            run(
                state="finished",
                createdAt="2026-01-02T03:04:05",
                heartbeatAt="2026-01-02T04:04:05",
                config='{"model": {"value": "acme/base"}}',
                summaryMetrics='{"exact": 0.7, "_step": 3}',
            )
        ),
    )
    opened = store(internet, api_key="key")
    content, source = known(read(opened, RUN))
    assert json.loads(content) == {
        "wandb": {"entity": "Acme", "project": "router", "run": "4fz2"},
        "state": "finished",
        "createdAt": "2026-01-02T03:04:05",
        "heartbeatAt": "2026-01-02T04:04:05",
        "config": {"model": {"value": "acme/base"}},
        "summaryMetrics": {"exact": 0.7, "_step": 3},
    }
    assert (source.grade, source.revision, known(read(opened, RUN))[0]) == (Grade.D, None, content)
    heard = internet.heard[0]
    assert (heard.headers["authorization"], heard.headers["content-type"]) == (SENT, "application/json")
    assert json.loads(heard.content)["variables"] == {"entity": "Acme", "project": "router", "run": "4fz2"}


def test_a_name_never_becomes_part_of_the_question(internet: Internet) -> None:
    internet.serve(API, body(run(summaryMetrics="{}")))
    for uri in (RUN, 'wandb://Acme/router") { id } }/4fz2'):
        assert known(read(store(internet), uri))
    asked = [json.loads(heard.content) for heard in internet.heard]
    assert asked[0]["query"] == asked[1]["query"]
    assert asked[1]["variables"]["project"] == 'router") { id } }'


def test_a_file_is_read_from_its_store_without_the_key(internet: Internet) -> None:
    internet.serve(API, body(file_at("https://files.example/signed?sig=1")))
    internet.serve("files.example/signed", body(b"rows"))
    assert known(read(store(internet, api_key="key"), FILE))[0] == b"rows"
    assert [heard.headers.get("authorization") for heard in internet.heard] == [SENT, None]
    assert json.loads(internet.heard[0].content)["variables"]["file"] == "media/rows 1.json"


@pytest.mark.parametrize("url", ["https://api.wandb.ai/files/x", "/files/x"])
def test_a_file_of_the_api_itself_is_read_with_the_key(internet: Internet, url: str) -> None:
    internet.serve(API, body(file_at(url)))
    internet.serve("api.wandb.ai/files/x", redirect("https://files.example/x"))
    internet.serve("files.example/x", body(b"rows"))
    assert known(read(store(internet, api_key="key"), FILE))[0] == b"rows"
    assert [heard.headers.get("authorization") for heard in internet.heard] == [SENT, SENT, None]


@pytest.mark.parametrize(
    "url",
    [
        "https://inside.example/x",
        "http://files.example/x",
        "file:///etc/passwd",
        "https://api.wandb.ai@inside.example/x",
    ],
)
def test_the_api_leads_to_no_address_inside(internet: Internet, url: str) -> None:
    internet.serve(API, body(file_at(url)))
    internet.name("inside.example", [INTERNAL])
    assert trouble(read(store(internet), FILE)).trouble is Trouble.DEFINITIVE
    assert {host for host, _ in internet.connected} == {"127.0.0.2"}


@pytest.mark.parametrize(
    "answer", [file_at(None), file_at("https://files.example/x", "else"), run(files=1), run(files={"edges": [1]})]
)
def test_a_file_that_the_run_does_not_have_is_told(internet: Internet, answer: bytes) -> None:
    internet.serve(API, body(answer))
    fact = trouble(read(store(internet), FILE))
    assert (fact.trouble, fact.reason) == (Trouble.DEFINITIVE, "The W&B run has no such file.")


@pytest.mark.parametrize(
    ("answer", "expected", "said"),
    [
        (b'{"data": {"project": null}}', Trouble.PASSING, "knows no such project"),
        (b'{"data": {"project": {"run": null}}}', Trouble.DEFINITIVE, "no such run"),
        (b'{"errors": [{"message": "secret"}], "data": null}', Trouble.PASSING, "with an error"),
        (b"[]", Trouble.PASSING, "with an error"),
        (b"<html>", Trouble.PASSING, "with an error"),
        (run(summaryMetrics='{"a": 1, "a": 2}'), Trouble.DEFINITIVE, "`summaryMetrics` of the W&B run"),
    ],
)
def test_an_answer_without_a_run_says_why(internet: Internet, answer: bytes, expected: Trouble, said: str) -> None:
    internet.serve(API, body(answer))
    fact = trouble(read(store(internet), RUN))
    assert (fact.trouble, said in fact.reason) == (expected, True)
    assert "secret" not in fact.reason


@pytest.mark.parametrize("answer", [body(b'{"data": {"project": null}}'), body(b"", 401), body(b"", 403)])
def test_what_asks_for_a_login_waits_for_a_fork(internet: Internet, answer: Any) -> None:
    internet.serve(API, answer)
    assert trouble(read(store(internet, api_key="key"), RUN, trusted=False)).trouble is Trouble.NOT_SUPPORTED
    assert "authorization" not in internet.heard[0].headers
    fact = trouble(read(store(internet), RUN, trusted=False))
    assert (fact.trouble, "`wandb.api_key`" in (fact.fix or "")) == (Trouble.PASSING, True)


def test_a_server_of_the_operators_is_not_asked_for_a_fork(internet: Internet) -> None:
    internet.serve("wandb.example/graphql", body(run(summaryMetrics="{}")))
    internet.name("wandb.example", [INTERNAL])
    opened = store(internet, url="https://wandb.example")
    assert trouble(read(opened, RUN, trusted=False)).trouble is Trouble.NOT_SUPPORTED
    assert not internet.connected
    assert known(read(opened, RUN))


def test_only_a_digest_pins_a_run(internet: Internet) -> None:
    assert pin(store(internet), RUN) is None
    assert pin(store(internet), RUN, trusted=False, sha256="0" * 64) == f"sha256:{'0' * 64}"
    assert pin(store(internet, api_key="key"), RUN, trusted=False, sha256="0" * 64) is None


@pytest.mark.parametrize("uri", ["wandb://acme/router/", "wandb://acme/router/run/./x", "wandb://acme/router/run/../x"])
def test_what_is_no_run_is_not_asked_for(internet: Internet, uri: str) -> None:
    fact = trouble(read(store(internet), uri))
    assert (fact.trouble, internet.looked_up) == (Trouble.DEFINITIVE, [])
