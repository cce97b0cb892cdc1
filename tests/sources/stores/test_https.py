"""Is a file of an opened host read, as anybody may read it, and every other host left alone?"""

import hashlib

import pytest

from bot.readiness import link
from bot.readiness.fact import Grade, Trouble
from bot.readiness.schema import LinkField
from bot.sources.stores.https import HttpsStore
from bot.sources.stores.operator import Https
from tests.sources.stores.loopback import (
    INTERNAL,
    Attachments,
    Internet,
    body,
    known,
    pin,
    place,
    read,
    redirect,
    trouble,
)

OWN_ASSET = "https://github.com/Acme/Router/releases/download/v1%2B2/r%20s.json"


def store(internet: Internet, **more: tuple[str, ...]) -> HttpsStore:
    return HttpsStore(Https(**{"hosts": ("files.example", "github.com", "huggingface.co"), **more}), internet.guard())


def test_a_file_of_an_opened_host_is_read_and_only_its_digest_pins_it(internet: Internet) -> None:
    internet.serve("files.example/r.json", body(b"{}"))
    uri, sha256 = "https://files.example/r.json", hashlib.sha256(b"{}").hexdigest()
    content, source = known(read(store(internet), uri))
    assert (content, source.uri, source.grade, source.sha256, source.revision) == (b"{}", uri, Grade.D, sha256, None)
    assert source.size == 2
    assert known(read(store(internet), uri, sha256=sha256))[1].grade is Grade.C
    assert (pin(store(internet), uri), pin(store(internet), uri, sha256=sha256)) == (None, f"sha256:{sha256}")
    assert not {"authorization", "cookie"} & {name for heard in internet.heard for name in heard.headers}


def test_a_host_that_is_not_opened_is_not_even_looked_up(internet: Internet) -> None:
    internet.serve("other.example/r.json", body(b"{}"))
    fact = trouble(read(store(internet), "https://other.example/r.json"))
    assert (fact.trouble, fact.reason) == (Trouble.DEFINITIVE, "Evidence is not read from `other.example`.")
    assert "https.hosts" in (fact.fix or "")
    assert pin(store(internet), "https://other.example/r.json", sha256="0" * 64) is None
    assert not internet.looked_up


def test_an_opened_host_does_not_lead_on_to_another(internet: Internet) -> None:
    internet.serve("files.example/r.json", redirect("https://other.example/r.json"))
    internet.serve("other.example/r.json", body(b"{}"))
    assert "redirected to `other.example`" in trouble(read(store(internet), "https://files.example/r.json")).reason
    assert internet.looked_up == ["files.example"]


def test_a_great_host_leads_on_to_its_own_servers(internet: Internet) -> None:
    end = "release-assets.githubusercontent.com/1"
    internet.serve("github.com/other/repo/releases/download/v1/r.json", redirect(f"https://{end}"))
    internet.serve(end, body(b"asset"))
    uri = "https://github.com/other/repo/releases/download/v1/r.json"
    assert known(read(store(internet), uri))[0] == b"asset"
    assert "Evidence is not read from" in trouble(read(store(internet), f"https://{end}")).reason  # only onwards
    internet.serve("files.example/r", redirect(f"https://{end}"))
    assert "redirected to" in trouble(read(store(internet), "https://files.example/r")).reason


def test_an_asset_of_a_release_of_the_repository_is_read_through_the_forge(internet: Internet) -> None:
    kept = Attachments()
    fact = store(internet).read(LinkField(uri=OWN_ASSET), link.parse(OWN_ASSET), place(attachments=kept), 77)
    assert (kept.asked, getattr(fact, "reason", None)) == ([("v1+2", "r s.json", 77)], "an asset")
    enterprise = HttpsStore(Https(hosts=()), internet.guard(), "https://git.example")
    uri = OWN_ASSET.replace("github.com", "git.example")
    assert getattr(enterprise.read(LinkField(uri=uri), link.parse(uri), place(), 77), "reason", None) == "an asset"
    assert pin(enterprise, uri, sha256="0" * 64) == f"sha256:{'0' * 64}"
    assert pin(enterprise, OWN_ASSET, sha256="0" * 64) is None
    assert not internet.looked_up


@pytest.mark.parametrize(
    "uri", ["https://github.com/a/b/blob/main/r.json", "https://huggingface.co/datasets/a/b/blob/main/r"]
)
def test_a_page_about_a_file_is_not_the_file(internet: Internet, uri: str) -> None:
    fact = trouble(read(store(internet), uri))
    assert (fact.trouble, "`Raw`" in (fact.fix or "")) == (Trouble.DEFINITIVE, True)
    assert not internet.looked_up


@pytest.mark.parametrize("github", ["github.com", "git.example"])
def test_the_page_about_a_file_of_the_repository_names_its_path(internet: Internet, github: str) -> None:
    opened = HttpsStore(Https(hosts=("*",)), internet.guard(), f"https://{github}")
    fact = trouble(read(opened, f"https://{github}/Acme/Router/blob/main/evals/r%20s.json?raw=1#L3"))
    assert (fact.trouble, fact.fix) == (
        Trouble.DEFINITIVE,
        "Link the file by its path from the repository's root, like `/evals/r s.json`.",
    )
    assert "`Raw`" in (trouble(read(opened, f"https://{github}/other/repo/blob/main/r.json")).fix or "")
    assert not internet.looked_up


def test_a_private_host_is_asked_for_branches_of_the_repository_only(internet: Internet) -> None:
    internet.serve("inside.example/r.json", body(b"inside"))
    internet.name("inside.example", [INTERNAL])
    uri, opened = "https://inside.example/r.json", store(internet, private_hosts=("inside.example",))
    fact = trouble(read(opened, uri, trusted=False))
    assert (fact.trouble, "from a fork" in fact.reason, "ok-to-check" in (fact.fix or "")) == (
        Trouble.NOT_SUPPORTED,
        True,
        True,
    )
    assert pin(opened, uri, trusted=False, sha256="0" * 64) is None
    assert not internet.looked_up
    assert known(read(opened, uri))[0] == b"inside"
    assert pin(opened, uri, sha256="0" * 64) == f"sha256:{'0' * 64}"
    closed = store(internet, hosts=("*",))  # every public host, and this is none
    assert "not public" in trouble(read(closed, uri)).reason


def test_a_private_host_is_opened_at_its_own_port_only(internet: Internet) -> None:
    internet.serve("inside.example/r", redirect("https://other.example/r"))
    internet.name("inside.example", [INTERNAL])
    internet.name("other.example", [INTERNAL])
    opened = store(internet, private_hosts=("inside.example", "other.example"), hosts=("*",))
    assert (
        "not public" in trouble(read(opened, "https://inside.example/r")).reason
    )  # one private host never leads to another
    assert internet.connected == [(INTERNAL, 443)]


def test_what_is_beyond_the_cap_is_not_read(internet: Internet) -> None:
    internet.serve("files.example/r", body(b"x" * 11))
    assert "at most 10 bytes" in trouble(read(store(internet), "https://files.example/r", max_bytes=10)).reason
