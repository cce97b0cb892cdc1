"""Where may a link point?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.readiness.link import BadLink, parse, resolve


@pytest.mark.parametrize(
    ("link", "at"),
    [
        ("evals/a.json", "teams/router/evals/a.json"),
        ("./evals/../b.json", "teams/router/b.json"),
        ("../shared/a.json", "teams/shared/a.json"),
        ("../../a.json", "a.json"),
        ("/evals/a.json", "evals/a.json"),
        ("//evals/a.json", "evals/a.json"),
        ("a b/ü.json", "teams/router/a b/ü.json"),
        ("...", "teams/router/..."),
    ],
)
def test_a_path_is_relative_to_the_proposal_or_to_the_root(link: str, at: str) -> None:
    assert resolve(parse(link), "teams/router/finetune-proposal.yaml") == at


@pytest.mark.parametrize(
    "link", ["../../../a.json", "/../a.json", "/a/../../b.json", "x/../../../../a.json", "../../.."]
)
def test_a_path_that_leaves_the_repository_is_refused(link: str) -> None:
    with pytest.raises(BadLink, match="leaves the repository"):
        resolve(parse(link), "teams/router/finetune-proposal.yaml")


def test_a_path_that_ends_at_the_root_is_a_folder() -> None:
    with pytest.raises(BadLink, match="folder"):
        resolve(parse("../.."), "teams/router/finetune-proposal.yaml")


@pytest.mark.parametrize("link", ["", " ", "a ", "a\nb", "a\x00b", ".", "/", "//", "..", "data/", "a\\b", "x" * 2049])
def test_what_is_no_path_is_refused(link: str) -> None:
    with pytest.raises(BadLink):
        parse(link)


@pytest.mark.parametrize(
    ("link", "scheme", "host", "path", "revision"),
    [
        ("https://a.example/b.json?c=d", "https", "a.example", "b.json", None),
        ("HTTPS://a.example:443/b", "https", "a.example", "b", None),
        ("hf://acme/evals@1a2b/run/a.json", "hf", "acme/evals", "run/a.json", "1a2b"),
        ("hf://datasets/acme/evals@main/a.json", "hf", "datasets/acme/evals", "a.json", "main"),
        ("s3://bucket/key/a.json?version=7", "s3", "bucket", "key/a.json", "7"),
        ("gs://bucket/a", "gs", "bucket", "a", None),
        ("mlflow://mlflow.example/0a1b/out.json", "mlflow", "mlflow.example", "0a1b/out.json", None),
        ("wandb://acme/proj/run7", "wandb", "acme", "proj/run7", None),
        ("actions://123/results/a.json", "actions", "123", "results/a.json", None),
    ],
)
def test_every_store_is_parsed_from_the_first_day(
    link: str, scheme: str, host: str, path: str, revision: str | None
) -> None:
    parsed = parse(link)
    assert (parsed.scheme, parsed.host, parsed.path, parsed.revision) == (scheme, host, path, revision)
    assert not parsed.in_repository


@pytest.mark.parametrize(
    "link",
    [
        "http://a.example/b",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "C:/evals/a.json",
        "https://user:secret@a.example/b",
        "https://a.example:8443/b",
        "https:///b",
        "https://[::1/b",
        "hf://acme/evals/a.json",
        "s3://bucket",
        "wandb://acme/proj",
        "mlflow://host",
        "actions://seven/results/a.json",
        "actions://7/results",
    ],
)
def test_an_address_of_no_known_form_is_refused(link: str) -> None:
    with pytest.raises(BadLink):
        parse(link)


@given(
    st.text(st.sampled_from("ab./\\:@?#%[]~ -\x00ü"), max_size=30),
    st.sampled_from(["f.yaml", "a/f.yaml", "a/b/c/f.yaml"]),
)
def test_no_text_leads_out_of_the_repository(text: str, proposal: str) -> None:
    try:
        parsed = parse(text)
        at = resolve(parsed, proposal) if parsed.in_repository else "elsewhere"
    except BadLink:
        return
    assert not at.startswith("/")
    assert at not in ("", ".", "..")
    assert ".." not in at.split("/")
