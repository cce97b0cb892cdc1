"""Does a link of a proposal lead through the opened stores, held to its digest and to where its pull request comes from?"""

import hashlib

import pytest

from bot.readiness.fact import Grade, Trouble
from bot.readiness.schema import LinkField
from bot.sources.linked import Linked
from bot.sources.stores import Stores, open_stores
from bot.sources.stores.operator import Operator
from tests.sources.stores.loopback import INTERNAL, Internet, body, known, place, trouble

ROWS = b'{"id": 1}\n'
URI = "https://files.example/rows.jsonl"


def opened(internet: Internet) -> Stores:
    internet.serve("files.example/rows.jsonl", body(ROWS))
    internet.name("mlflow.example", [INTERNAL])
    login = {"access_key_id": "a", "secret_access_key": "b"}
    operator = Operator.model_validate(
        {
            "https": {"hosts": ["files.example"], "private_hosts": ["inside.example"]},
            "hub": {"url": "https://hub.example", "token": "t"},
            "wandb": {"url": "https://wandb.example", "api_key": "t"},
            "mlflow": {"mlflow.example": {"url": "https://mlflow.example", "token": "t"}},
            "s3": {"b": login},
            "gs": {"b": {"service_account_key": "{}"}},
            "az": {"b": {"account": "acme", "sas_token": "sig=1"}},
        }
    )
    return open_stores(operator, internet.guard())


def test_a_digest_beside_a_link_is_held_to_what_was_read(internet: Internet) -> None:
    linked = Linked(opened(internet), place())
    content, source = known(linked.read(LinkField(uri=URI, sha256=hashlib.sha256(ROWS).hexdigest()), 100))
    assert (content, source.grade, source.uri) == (ROWS, Grade.C, URI)
    fact = trouble(linked.read(LinkField(uri=URI, sha256="0" * 64), 100))
    assert (fact.trouble, "differs" in fact.reason) == (Trouble.DEFINITIVE, True)


@pytest.mark.parametrize(
    "uri",
    [
        "https://inside.example/r",
        "hf://acme/router@main/r",
        "s3://b/r",
        "gs://b/r",
        "az://b/r",
        "mlflow://mlflow.example/run1",
        "wandb://acme/router/run1",
        "actions://7/evals/r.json",
        "https://github.com/acme/router/releases/download/v1/r.json",
    ],
)
def test_no_login_and_no_address_inside_is_used_for_a_fork(internet: Internet, uri: str) -> None:
    linked = Linked(opened(internet), place(trusted=False))
    for field in (LinkField(uri=uri), LinkField(uri=uri, sha256="0" * 64)):
        fact = trouble(linked.read(field, 100))
        assert fact.trouble is Trouble.NOT_SUPPORTED
        assert fact.reason.endswith("; for a pull request from a fork that waits for ok-to-check.")
        assert "`/tunegate ok-to-check COMMIT`" in (fact.fix or "")
    assert (internet.looked_up, internet.connected) == ([], [])


def test_a_public_file_is_read_for_a_fork(internet: Internet) -> None:
    assert known(Linked(opened(internet), place(trusted=False)).read(LinkField(uri=URI), 100))[0] == ROWS
