"""Is an object of a named bucket read at its version, with the operator's login and with nothing of the environment?"""

import hashlib
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from bot.readiness import link
from bot.readiness.fact import Grade, Hindrance, Known, Source, Trouble, Unavailable
from bot.readiness.schema import LinkField
from bot.sources.on_disk import Spool
from bot.sources.stores.bucket import BucketStore
from bot.sources.stores.operator import Operator
from tests.sources.stores.loopback import INTERNAL, Answer, Internet, body, known, pin, place, read, trouble

LOGIN = {"access_key_id": "AKIDOPERATOR", "secret_access_key": "s3cret"}
HEAD = {"ETag": '"1"', "Last_Modified": "Thu, 01 Jan 2026 00:00:00 GMT"}
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "AKIDENVIRONMENT",
    "AWS_SECRET_ACCESS_KEY": "environment",
    "AWS_SESSION_TOKEN": "environment",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_REGION": "environment-1",
    "AZURE_STORAGE_ACCOUNT_KEY": "ZW52aXJvbm1lbnQ=",
    "AZURE_STORAGE_TOKEN": "environment",
    "AZURE_STORAGE_SAS_KEY": "sig=environment",
    "GOOGLE_BEARER_TOKEN": "environment",
}


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """Run moto's S3 on loopback; its address."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def client(s3: str) -> Iterator[Any]:
    """Put what a test needs into an empty S3."""
    made = boto3.client(
        "s3", endpoint_url=s3, region_name="us-east-1", aws_access_key_id="t", aws_secret_access_key="t"
    )
    made.create_bucket(Bucket="evals")
    made.put_bucket_versioning(Bucket="evals", VersioningConfiguration={"Status": "Enabled"})
    made.create_bucket(Bucket="plain")
    yield made
    for bucket in ("evals", "plain"):
        for found in made.list_object_versions(Bucket=bucket).get("Versions", ()):
            made.delete_object(Bucket=bucket, Key=found["Key"], VersionId=found["VersionId"])
        made.delete_bucket(Bucket=bucket)
    made.close()


def store(endpoint: str) -> BucketStore:
    bucket = {"endpoint": endpoint, **LOGIN}
    return BucketStore("s3", Operator.model_validate({"s3": {"evals": bucket, "plain": bucket, "gone": bucket}}))


def test_an_object_is_read_at_the_version_that_the_link_names(s3: str, client: Any) -> None:
    first = client.put_object(Bucket="evals", Key="a b/é.json", Body=b"first")["VersionId"]
    client.put_object(Bucket="evals", Key="a b/é.json", Body=b"second")
    uri = "s3://evals/a b/é.json"
    content, source = known(read(store(s3), f"{uri}?version={first}"))
    assert (content, source.grade, source.revision) == (b"first", Grade.C, first)
    assert known(read(store(s3), uri, revision=first))[0] == b"first"
    content, source = known(read(store(s3), uri))
    assert (content, source.grade, source.revision) == (b"second", Grade.D, None)
    fact = trouble(read(store(s3), f"{uri}?version={first}", revision="other"))
    assert (fact.trouble, "two different versions" in fact.reason) == (Trouble.DEFINITIVE, True)


def test_an_object_is_written_down_and_looked_into_at_its_version(s3: str, client: Any) -> None:
    whole = bytes(range(256)) * 4_000
    first = client.put_object(Bucket="evals", Key="train.jsonl", Body=whole)["VersionId"]
    client.put_object(Bucket="evals", Key="train.jsonl", Body=b"another")
    linked, asked = LinkField(uri=f"s3://evals/train.jsonl?version={first}"), list[tuple[int, str]]()
    opened, parsed = store(s3), link.parse(linked.uri)

    spool = Spool()
    source = opened.save(linked, parsed, place(), spool)
    assert isinstance(source, Source)
    assert (spool.content(), source.size, source.grade, source.revision) == (whole, len(whole), Grade.C, first)
    assert source.sha256 == hashlib.sha256(whole).hexdigest()

    def draw(size: int, content: str) -> list[tuple[int, int]]:
        asked.append((size, content))
        return [(0, 10), (1_000, 300), (size - 5, 5)]

    found = opened.stretches(linked, parsed, place(), draw)
    assert isinstance(found, Known)
    assert found.value.size == len(whole)
    assert [(at, whole[at : at + len(part)] == part, len(part)) for at, part in found.value.parts] == [
        (0, True, 10),
        (1_000, True, 300),
        (len(whole) - 5, True, 5),
    ]
    assert (found.source.grade, found.source.revision, found.source.sha256) == (Grade.C, first, None)
    assert asked[0][0] == len(whole)
    assert asked[0][1]


def test_an_object_that_changes_while_it_is_looked_into_is_tried_again(s3: str, client: Any) -> None:
    client.put_object(Bucket="plain", Key="train.jsonl", Body=b"x" * 100)
    linked = LinkField(uri="s3://plain/train.jsonl")

    def draw(size: int, content: str) -> list[tuple[int, int]]:
        client.put_object(Bucket="plain", Key="train.jsonl", Body=b"y" * 100)
        return [(0, 10)]

    found = store(s3).stretches(linked, link.parse(linked.uri), place(), draw)
    assert isinstance(found, Unavailable)
    assert (found.trouble, "changes while it is read" in found.reason) == (Trouble.PASSING, True)


def test_an_object_beyond_the_most_is_not_written_down(s3: str, client: Any) -> None:
    client.put_object(Bucket="plain", Key="train.jsonl", Body=b"x" * 1_000_001)
    opened, linked = store(s3), LinkField(uri="s3://plain/train.jsonl")
    opened.most, spool = 1_000_000, Spool()
    found = opened.save(linked, link.parse(linked.uri), place(), spool)
    assert isinstance(found, Unavailable)
    assert (found.hindrance, spool.size) == (Hindrance.TOO_LARGE, 0)


def test_a_bucket_that_keeps_no_versions_pins_nothing(s3: str, client: Any) -> None:
    client.put_object(Bucket="plain", Key="r", Body=b"x")
    source = known(read(store(s3), "s3://plain/r?version=null"))[1]
    assert (source.grade, source.revision) == (Grade.D, None)
    assert pin(store(s3), "s3://plain/r?version=null") is None


def test_what_is_not_there_is_said(s3: str, client: Any) -> None:
    client.put_object(Bucket="evals", Key="r", Body=b"x")
    for uri, said in (
        ("s3://evals/none", "There is no object `s3://evals/none`."),
        ("s3://gone/r", "There is no object `s3://gone/r`."),
    ):
        fact = trouble(read(store(s3), uri))
        assert (fact.trouble, fact.reason) == (Trouble.DEFINITIVE, said)


def test_what_is_beyond_the_cap_is_not_read(s3: str, client: Any) -> None:
    client.put_object(Bucket="evals", Key="r", Body=b"x" * 3_000_000)
    assert len(known(read(store(s3), "s3://evals/r", max_bytes=3_000_000))[0]) == 3_000_000
    fact = trouble(read(store(s3), "s3://evals/r", max_bytes=2_999_999))
    assert (fact.trouble, "has 3,000,000 bytes; at most 2,999,999" in fact.reason) == (Trouble.DEFINITIVE, True)


def on_loopback(internet: Internet, scheme: str, **more: Any) -> BucketStore:
    """Let a bucket `b` lie on the plain server of the operator's network, where every header can be seen."""
    endpoint = f"http://127.0.0.1:{internet.ports[INTERNAL, 80]}"
    return BucketStore(
        scheme, Operator.model_validate({"deadline_seconds": 5, scheme: {"b": {"endpoint": endpoint, **more}}})
    )


def serve(internet: Internet, path: str, answer: Answer) -> None:
    internet.serve(f"127.0.0.1:{internet.ports[INTERNAL, 80]}/{path}", answer)


@pytest.mark.parametrize(
    ("login", "sent"), [({}, None), (LOGIN, "AKIDOPERATOR/"), ({**LOGIN, "session_token": "T"}, "AKIDOPERATOR/")]
)
def test_nothing_of_the_environment_is_sent(
    internet: Internet, monkeypatch: pytest.MonkeyPatch, login: dict[str, str], sent: str | None
) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    serve(internet, "b/r", body(b"x", **HEAD))
    assert known(read(on_loopback(internet, "s3", **login), "s3://b/r"))[0] == b"x"
    headers = internet.heard[0].headers
    assert (sent or "") in headers.get("authorization", "")
    assert ("authorization" in headers) is bool(sent)
    assert headers.get("x-amz-security-token") == login.get("session_token")
    assert "environment" not in json.dumps(headers).lower()


@pytest.mark.parametrize(
    ("login", "path", "sent"),
    [
        ({}, "/b/r", ""),
        ({"sas_token": "?sv=1&sig=op%2Br"}, "/b/r?sv=1&sig=op%2Br", ""),
        ({"account_key": "b3BlcmF0b3I="}, "/b/r", "SharedKey acme:"),
    ],
)
def test_azure_is_asked_with_the_operators_login(
    internet: Internet, monkeypatch: pytest.MonkeyPatch, login: dict[str, str], path: str, sent: str
) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    serve(internet, "b/r", body(b"x", **HEAD))
    assert known(read(on_loopback(internet, "az", account="acme", **login), "az://b/r"))[0] == b"x"
    authorization = internet.heard[0].headers.get("authorization", "")
    assert (internet.heard[0].path, authorization[: len(sent)], bool(authorization)) == (path, sent, bool(sent))


@pytest.mark.parametrize(
    ("scheme", "more", "query", "header"),
    [
        ("gs", {}, "generation=17", "x_goog_generation"),
        ("az", {"account": "acme"}, "versionid=17", "x_ms_version_id"),
        ("s3", {}, "versionId=17", "x_amz_version_id"),
    ],
)
def test_a_version_is_asked_for_and_pins_only_when_the_store_says_so(
    internet: Internet, monkeypatch: pytest.MonkeyPatch, scheme: str, more: dict[str, str], query: str, header: str
) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    opened = on_loopback(internet, scheme, **more)
    for said, revision in (({header: "17"}, "17"), ({header: "18"}, None), ({}, None)):
        serve(internet, "b/r", body(b"x", **HEAD, **said))
        content, source = known(read(opened, f"{scheme}://b/r?version=17"))
        assert (content, source.revision) == (b"x", revision)
    assert query in internet.heard[0].path
    assert "authorization" not in internet.heard[0].headers


@pytest.mark.parametrize(
    ("answer", "expected", "said"),
    [
        (body(b"", 403), Trouble.PASSING, "may not be read"),
        (body(b"", 401), Trouble.PASSING, "may not be read"),
        (body(b"", 400), Trouble.PASSING, "could not be read now"),
        (body(b"half", content_length="8", connection="close", **HEAD), Trouble.PASSING, "could not be read now"),
    ],
)
def test_a_refusal_names_the_bucket_and_no_address(
    internet: Internet, answer: Answer, expected: Trouble, said: str
) -> None:
    serve(internet, "b/r", answer)
    fact = trouble(read(on_loopback(internet, "s3"), "s3://b/r"))
    assert (fact.trouble, said in fact.reason) == (expected, True)
    assert "127.0.0.1" not in fact.reason + (fact.fix or "")


def test_a_body_beyond_its_length_is_cut_there(internet: Internet) -> None:
    def more(handler: BaseHTTPRequestHandler) -> None:
        body(b"x" * 50, content_length="10", connection="close", **HEAD)(handler)

    serve(internet, "b/r", more)
    assert known(read(on_loopback(internet, "s3"), "s3://b/r", max_bytes=10))[0] == b"x" * 10


@pytest.mark.parametrize("login", [{}, LOGIN])
def test_a_fork_waits_where_a_login_or_an_address_of_the_operators_is_used(
    internet: Internet, login: dict[str, str]
) -> None:
    opened = on_loopback(internet, "s3", **login)
    fact = trouble(read(opened, "s3://b/r", trusted=False))
    assert (fact.trouble, "from a fork" in fact.reason) == (Trouble.NOT_SUPPORTED, True)
    assert pin(opened, "s3://b/r?version=1", trusted=False) is None
    public = BucketStore("s3", Operator.model_validate({"s3": {"b": login}}))
    assert (pin(public, "s3://b/r?version=1", trusted=False) is None) is bool(login)
    assert not internet.heard


def test_a_bucket_that_the_operator_has_not_named_is_closed(internet: Internet) -> None:
    for uri in ("s3://other/r", "s3://B/r", "s3://b:80/r"):
        fact = trouble(read(on_loopback(internet, "s3"), uri))
        assert (fact.trouble, "is not opened" in fact.reason, "`s3`" in (fact.fix or "")) == (
            Trouble.DEFINITIVE,
            True,
            True,
        )
        assert pin(on_loopback(internet, "s3"), uri, sha256="0" * 64) is None
    assert not internet.heard


@pytest.mark.parametrize("key", ["a/../r", "a//r", "./r", "a/"])
def test_a_key_that_leads_elsewhere_is_no_object(internet: Internet, key: str) -> None:
    fact = trouble(read(on_loopback(internet, "s3"), f"s3://b/{key}"))
    assert (fact.trouble, internet.heard) == (Trouble.DEFINITIVE, [])


def test_what_is_remembered_is_remembered_by_place_key_and_version(internet: Internet) -> None:
    one, other = on_loopback(internet, "s3"), BucketStore("s3", Operator.model_validate({"s3": {"b": {}}}))
    names = {pin(one, "s3://b/r?version=1"), pin(one, "s3://b/r?version=2"), pin(one, "s3://b/q?version=1")}
    names.add(pin(other, "s3://b/r?version=1"))
    assert (len(names), None in names) == (4, False)
    assert pin(one, "s3://b/r", sha256="0" * 64) == f"sha256:{'0' * 64}"
    assert pin(one, "s3://b/r") is None
