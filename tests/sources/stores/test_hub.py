"""Is a file of the hub read at its revision, pinned by a commit alone, and the token kept for the hub alone?"""

from typing import Any

import pytest

from bot.readiness.fact import Grade, Trouble
from bot.sources.stores.hub import HubStore
from bot.sources.stores.operator import Hub
from tests.sources.stores.loopback import INTERNAL, Internet, body, known, pin, read, redirect, trouble

COMMIT, OTHER = "a" * 40, "b" * 40
PINNED, BRANCH = f"hf://datasets/acme/evals@{COMMIT}/runs/r é.json", "hf://datasets/acme/evals@main/runs/r é.json"
PATH = "huggingface.co/datasets/acme/evals/resolve/{}/runs/r%20%C3%A9.json"
CDN = "cdn-lfs.hf.co/blob"


def store(internet: Internet, **more: Any) -> HubStore:
    return HubStore(Hub(**more), internet.guard())


def serve(internet: Internet, revision: str, answers_from: str) -> None:
    """Answer as the hub does for a large file: the commit in its own headers, the bytes at its CDN."""
    internet.serve(PATH.format(revision), redirect(f"https://{CDN}", X_Repo_Commit=answers_from))
    internet.serve(CDN, body(b"rows", X_Repo_Commit=OTHER))


def test_a_commit_pins_the_file_and_the_token_ends_where_the_hub_ends(internet: Internet) -> None:
    serve(internet, COMMIT, COMMIT)
    content, source = known(read(store(internet, token="hf_secret"), PINNED))
    assert (content, source.grade, source.revision) == (b"rows", Grade.C, COMMIT)
    assert [(heard.host, heard.headers.get("authorization")) for heard in internet.heard] == [
        ("huggingface.co", "Bearer hf_secret"),
        ("cdn-lfs.hf.co", None),
    ]


def test_a_branch_pins_nothing(internet: Internet) -> None:
    serve(internet, "main", COMMIT)
    source = known(read(store(internet), BRANCH))[1]
    assert (source.grade, source.revision) == (Grade.D, None)
    assert known(read(store(internet), BRANCH, sha256="0" * 64))[1].grade is Grade.C  # a digest is held to it later
    assert pin(store(internet), BRANCH) is None


@pytest.mark.parametrize("answers_from", [OTHER, ""])
def test_a_branch_that_bears_the_name_of_a_commit_pins_nothing(internet: Internet, answers_from: str) -> None:
    serve(internet, COMMIT, answers_from)
    source = known(read(store(internet), PINNED))[1]
    assert (source.grade, source.revision) == (Grade.D, None)


def test_the_revision_beside_a_link_names_the_commit_of_a_branch(internet: Internet) -> None:
    serve(internet, COMMIT, COMMIT)
    assert known(read(store(internet), BRANCH, revision=COMMIT))[1].revision == COMMIT
    for uri, revision in ((PINNED, OTHER), (BRANCH, "v2")):
        fact = trouble(read(store(internet), uri, revision=revision))
        assert (fact.trouble, "two different revisions" in fact.reason) == (Trouble.DEFINITIVE, True)
    assert pin(store(internet), PINNED, revision=OTHER) is None


def test_what_is_remembered_is_remembered_by_commit_path_and_hub(internet: Internet) -> None:
    names = {
        pin(store(internet), PINNED),
        pin(store(internet), PINNED.replace("datasets/", "")),
        pin(store(internet), PINNED.replace(COMMIT, OTHER)),
        pin(store(internet), PINNED.replace("runs/", "")),
        pin(store(internet, url="https://hub.example"), PINNED),
    }
    assert (len(names), None in names) == (5, False)
    assert pin(store(internet), PINNED, sha256="0" * 64) == f"sha256:{'0' * 64}"
    assert pin(store(internet, token="t"), PINNED, trusted=False, sha256="0" * 64) is None


def test_a_file_behind_a_login_waits_for_a_fork_and_is_told_to_others(internet: Internet) -> None:
    internet.serve(PATH.format("main"), body(b"", 401))
    fact = trouble(read(store(internet, token="hf_secret"), BRANCH, trusted=False))
    assert (fact.trouble, fact.reason) == (
        Trouble.NOT_SUPPORTED,
        "The hub asks for a login; for a pull request from a fork that waits for ok-to-check.",
    )
    assert "authorization" not in internet.heard[-1].headers
    for opened, trusted in ((store(internet), False), (store(internet), True), (store(internet, token="t"), True)):
        fact = trouble(read(opened, BRANCH, trusted=trusted))
        assert (fact.trouble, "`hub.token`" in (fact.fix or "")) == (Trouble.PASSING, True)


def test_a_public_file_is_read_for_a_fork_without_the_token(internet: Internet) -> None:
    serve(internet, COMMIT, COMMIT)
    assert known(read(store(internet, token="hf_secret"), PINNED, trusted=False))[1].revision == COMMIT
    assert all("authorization" not in heard.headers for heard in internet.heard)


def test_a_hub_of_the_operators_may_lie_inside_and_is_not_asked_for_a_fork(internet: Internet) -> None:
    internet.serve(f"hub.example/acme/router/resolve/{COMMIT}/r", body(b"own", X_Repo_Commit=COMMIT))
    internet.name("hub.example", [INTERNAL])
    opened = store(internet, url="https://hub.example/", token="t")
    uri = f"hf://acme/router@{COMMIT}/r"
    assert trouble(read(opened, uri, trusted=False)).trouble is Trouble.NOT_SUPPORTED
    assert not internet.looked_up
    assert known(read(opened, uri))[1].revision == COMMIT


def test_the_hub_leads_on_to_its_own_servers_only(internet: Internet) -> None:
    internet.serve(PATH.format("main"), redirect("https://other.example/r"))
    internet.serve("other.example/r", body())
    assert "hub.cdn_hosts" in (trouble(read(store(internet), BRANCH)).fix or "")
    assert known(read(store(internet, cdn_hosts=["other.example"]), BRANCH))[0] == b"{}"


@pytest.mark.parametrize("path", ["../../other/r", "a/./r", "a//r", "a/"])
def test_a_path_that_leads_out_of_the_repository_is_no_file(internet: Internet, path: str) -> None:
    fact = trouble(read(store(internet), f"hf://acme/router@main/{path}"))
    assert (fact.trouble, internet.looked_up) == (Trouble.DEFINITIVE, [])


def test_a_file_that_is_not_there_is_not_there(internet: Internet) -> None:
    internet.name("huggingface.co")
    assert trouble(read(store(internet), BRANCH)).trouble is Trouble.DEFINITIVE
