"""Is what GitHub keeps beside the commits read within bounds, and graded by who vouches for it?"""

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from bot.github.attachments import AttachmentsOfRepository
from bot.ports import Attachments, Surroundings
from bot.readiness.fact import Grade, Known, Source, Trouble, Unavailable
from bot.readiness.schema import LinkField
from bot.sandbox.attachments import WorkflowRun
from bot.sources.linked import Linked
from bot.sources.offline import NobodyToAsk, NoHistory
from bot.sources.stores import Place, open_stores
from bot.sources.stores.guard import Guard
from bot.sources.stores.operator import Operator
from tests.github.conftest import Bot
from tests.github.shop import Shop, known, led_to, unavailable
from tests.github.stand_in import Fault, StandIn
from tests.github.stores import store
from tests.github.zips import crowded, streamed, zipped
from tests.sources.test_gather import Files

RESULTS = b'{"acc": 0.81}'
FILES = {"out/results.json": RESULTS, "out/samples.jsonl": b"{}\n"}
CAP = 100_000


def _run(shop: Shop, files: dict[str, bytes] | bytes = FILES, **more: Any) -> WorkflowRun:
    return shop.world.run_workflow(shop.models, shop.pull.head_sha, {"evals": files}, **more)


def _read(shop: Shop, run: WorkflowRun, path: str = "out/results.json", name: str = "evals", cap: int = CAP) -> object:
    return shop.forge().attachments().workflow_artifact(run.id, name, path, max_bytes=cap)


def test_a_file_of_a_run_s_artifact_is_read_and_attested(shop: Shop) -> None:
    run = _run(shop)
    found = known(_read(shop, run))
    assert found.value == RESULTS
    address = f"actions://{run.id}/evals/out/results.json"
    digest = hashlib.sha256(RESULTS).hexdigest()
    assert found.source == Source(address, Grade.A, digest, shop.pull.head_sha, len(RESULTS))


def test_the_token_stays_with_the_api(shop: Shop) -> None:
    # the sandbox's store refuses whoever brings a credential, as object stores do
    known(_read(shop, _run(shop)))
    assert [each.status for each in shop.stored()] == [200]


def test_an_archive_that_was_packed_on_the_way_is_read(shop: Shop) -> None:
    assert known(_read(shop, _run(shop, streamed(FILES)))).value == RESULTS


@pytest.mark.parametrize("conclusion", ["failure", "neutral"])
def test_a_run_that_an_eval_below_its_bar_ended_is_attested_still(shop: Shop, conclusion: str) -> None:
    assert known(_read(shop, _run(shop, conclusion=conclusion))).source.grade is Grade.A


@pytest.mark.parametrize(
    "more",
    [
        {"conclusion": "cancelled"},
        {"conclusion": "timed_out"},
        {"event": "pull_request_target"},
        {"event": "workflow_run"},
    ],
)
def test_a_run_that_was_cut_off_or_ran_beside_its_commit_is_not_attested(shop: Shop, more: dict[str, str]) -> None:
    assert known(_read(shop, _run(shop, **more))).source.grade is Grade.C


def test_a_fork_s_run_is_not_attested(shop: Shop) -> None:
    fork = shop.world.fork(shop.models, shop.town.eve, "models-fork")
    made = shop.world.commit(fork, "evil", {"x": "x"}, "Fork", shop.town.eve)
    run = shop.world.run_workflow(shop.models, made.sha, {"evals": FILES}, head_repo=fork, event="pull_request")
    found = known(_read(shop, run))
    assert (found.value, found.source.grade, found.source.revision) == (RESULTS, Grade.C, made.sha)


def test_a_run_that_has_not_ended_is_waited_for(shop: Shop) -> None:
    found = unavailable(_read(shop, _run(shop, status="in_progress")))
    assert (found.trouble, "has not ended" in found.reason) == (Trouble.PASSING, True)


def test_a_run_of_another_repository_is_not_there(shop: Shop) -> None:
    run = shop.world.run_workflow(shop.town.site, shop.town.site.branches["main"], {"evals": FILES})
    found = unavailable(_read(shop, run))
    assert (found.trouble, f"no workflow run {run.id}" in found.reason) == (Trouble.DEFINITIVE, True)


def test_the_newest_of_several_artifacts_of_a_name_counts(shop: Shop) -> None:
    run = _run(shop)
    shop.world.add_artifact(run, "evals", {"out/results.json": b"again"})
    assert known(_read(shop, run)).value == b"again"


def test_an_artifact_that_is_not_there_is_told_with_those_that_are(shop: Shop) -> None:
    run = _run(shop)
    for n in range(13):
        shop.world.add_artifact(run, f"other-{n:02}`", FILES)
    found = unavailable(_read(shop, run, name="eval"))
    assert found.trouble is Trouble.DEFINITIVE
    assert "no artifact `eval`; it left `evals`, `other-00?`" in found.reason
    assert found.reason.endswith("`other-10?` and 2 more.")
    bare = shop.world.run_workflow(shop.models, shop.pull.head_sha)
    assert unavailable(_read(shop, bare)).reason.endswith("it left none.")


def test_a_file_that_is_not_in_the_artifact_is_told_with_those_that_are(shop: Shop) -> None:
    found = unavailable(_read(shop, _run(shop), "results.json"))
    assert found.trouble is Trouble.DEFINITIVE
    assert found.reason.endswith("no file `results.json`; it holds `out/results.json`, `out/samples.jsonl`.")


def test_an_expired_artifact_is_definitive_with_a_cure(shop: Shop) -> None:
    run = _run(shop)
    shop.town.pass_time(days=90)
    found = unavailable(_read(shop, run))
    assert (found.trouble, "has expired" in found.reason) == (Trouble.DEFINITIVE, True)
    assert found.fix is not None
    assert "Run the workflow again" in found.fix


def test_an_artifact_that_expires_between_two_calls_is_gone(shop: Shop) -> None:
    run = _run(shop)
    shop.fail("/zip$", 410, {"message": "Artifact has expired"})
    assert unavailable(_read(shop, run)).trouble is Trouble.DEFINITIVE


@pytest.mark.parametrize(
    ("archive", "word"),
    [
        (zipped({"out/results.json": bytes(40_000_000)}), "at most"),
        (crowded(20_000), "more than 5,000 files"),
        (zipped(FILES)[:-30], "cut off"),
        (b"no archive", "no zip archive"),
    ],
    ids=["bomb", "crowded", "truncated", "noise"],
)
def test_a_hostile_archive_is_definitive(shop: Shop, archive: bytes, word: str) -> None:
    found = unavailable(_read(shop, _run(shop, archive)))
    assert (found.trouble, word in found.reason) == (Trouble.DEFINITIVE, True), found.reason


def test_a_directory_of_a_hundred_thousand_files_is_left(shop: Shop) -> None:
    found = unavailable(_read(shop, _run(shop, crowded(100_000)), cap=10_000_000))
    assert (found.trouble, "more than 5,000 files" in found.reason) == (Trouble.DEFINITIVE, True)


def test_a_file_that_is_there_twice_is_none(shop: Shop) -> None:
    twice = zipped({"results.json": b"good", "results.jsom": b"bad"}).replace(b"results.jsom", b"results.json")
    found = unavailable(_read(shop, _run(shop, twice), "results.json"))
    assert (found.trouble, "more than once" in found.reason) == (Trouble.DEFINITIVE, True)


def test_an_archive_beyond_what_is_read_is_not_fetched(shop: Shop) -> None:
    noise = hashlib.shake_256(b"noise").digest(2_000_000)
    found = unavailable(_read(shop, _run(shop, {"out/results.json": noise})))
    assert (found.trouble, "bytes" in found.reason, shop.stored()) == (Trouble.DEFINITIVE, True, [])


def test_an_archive_that_is_larger_than_described_is_cut_off(shop: Shop) -> None:
    noise = hashlib.shake_256(b"noise").digest(2_000_000)
    run = _run(shop, {"out/results.json": noise})
    listed = {"id": run.artifacts[0].id, "name": "evals", "size_in_bytes": 9, "expired": False}
    shop.fail("/artifacts$", 200, {"total_count": 1, "artifacts": [listed]})
    found = unavailable(_read(shop, run))
    assert (found.trouble, len(shop.stored())) == (Trouble.DEFINITIVE, 1)


def test_an_archive_of_another_digest_than_github_noted_is_not_believed(shop: Shop) -> None:
    run = _run(shop)
    run.artifacts[0].archive = zipped({"out/results.json": b"forged"})
    found = unavailable(_read(shop, run))
    assert (found.trouble, "another digest" in found.reason) == (Trouble.DEFINITIVE, True)
    run.artifacts[0].digest = None  # as of former days: then nothing was noted
    assert known(_read(shop, run)).value == b"forged"


@pytest.mark.parametrize(
    ("run_id", "name", "path"),
    [
        (0, "evals", "x"),
        (-1, "evals", "x"),
        (2**80, "evals", "x"),
        (1, "", "x"),
        (1, "evals", ""),
        (1, "evals", "../x"),
        (1, "evals", "/x"),
    ],
)
def test_what_can_be_no_file_is_never_asked_for(shop: Shop, run_id: int, name: str, path: str) -> None:
    attachments = shop.forge().attachments()
    shop.world.requests.clear()
    assert unavailable(attachments.workflow_artifact(run_id, name, path, max_bytes=9)).trouble is Trouble.DEFINITIVE
    assert not shop.world.requests


@pytest.mark.parametrize("path", [r"/actions/runs/\d+$", "/artifacts$", "/zip$", "/-/stored/"])
@pytest.mark.parametrize("status", [403, 429, 500, 503])
def test_trouble_at_any_step_is_passing(shop: Shop, path: str, status: int) -> None:
    run = _run(shop)
    shop.fail(path, status)
    assert unavailable(_read(shop, run)).trouble is Trouble.PASSING
    assert known(_read(shop, run)).value == RESULTS


def test_an_answer_that_is_no_description_is_passing(shop: Shop) -> None:
    run = _run(shop)
    shop.fail(r"/actions/runs/\d+$", 200, ["a list"])
    assert unavailable(_read(shop, run)).trouble is Trouble.PASSING


def test_a_missing_permission_is_no_absence(shop: Shop) -> None:
    run = _run(shop)
    del shop.town.installation.permissions["actions"]
    shop.world.tokens.clear()
    found = unavailable(_read(shop, run))
    assert (found.trouble, "not accessible" in found.reason) == (Trouble.PASSING, True)


def test_an_address_is_fetched_by_whom_the_caller_chose(shop: Shop) -> None:
    asked: list[tuple[str, int]] = []

    def fetch(url: str, max_bytes: int, headers: object = None) -> Known[bytes] | Unavailable:
        asked.append((url, max_bytes))
        return Unavailable("It leads to a host that is blocked.", Trouble.DEFINITIVE, "Store it elsewhere.")

    run = _run(shop)
    attachments: Attachments = AttachmentsOfRepository(shop.client, "acme/models", fetch)
    found = unavailable(attachments.workflow_artifact(run.id, "evals", "out/results.json", max_bytes=100))
    assert found.reason.endswith("could not be had. It leads to a host that is blocked.")
    assert (found.trouble, found.fix) == (Trouble.DEFINITIVE, "Store it elsewhere.")
    assert [max_bytes for _, max_bytes in asked] == [100 + 1024 * 1024]
    assert asked[0][0].startswith(f"{shop.world.url}/-/stored/")


def test_an_address_on_another_host_hears_nothing_of_the_token(shop: Shop) -> None:
    run = _run(shop)
    with store() as other:
        there = other.says("/-/stored/x", run.artifacts[0].archive)
        shop.fail("/zip$", 302, b"", Location=there)
        fetch = led_to(shop.town.api, other.url)
        attachments = AttachmentsOfRepository(shop.client, "acme/models", fetch)
        assert known(attachments.workflow_artifact(run.id, "evals", "out/results.json", max_bytes=CAP)).value == RESULTS
        assert [set(headers) & {"authorization", "cookie"} for _, headers in other.requests] == [set()]


@pytest.mark.parametrize(
    ("there", "said"),
    [
        ("http://127.0.0.1:9/x", "asked by https only"),
        ("https://127.0.0.1/x", "not public"),
        ("https://169.254.169.254/latest/meta-data", "not public"),
        ("https://files.example:8080/x", "at port 443 only"),
    ],
)
def test_an_address_inside_is_refused_though_github_leads_there(shop: Shop, there: str, said: str) -> None:
    run = _run(shop)
    shop.fail("/zip$", 302, b"", Location=there)
    found = unavailable(_read(shop, run))
    assert (found.trouble, said in found.reason) == (Trouble.DEFINITIVE, True), found.reason
    assert "commit the file" in (found.fix or "")


def test_a_link_to_an_asset_of_the_repository_s_own_release_is_read_as_the_app(shop: Shop) -> None:
    release = shop.world.create_release(shop.models, "evals/v1", {"results.json": RESULTS})
    uri = "https://github.com/acme/models/releases/download/evals%2Fv1/results.json"
    around = Surroundings(Files({}), NobodyToAsk(), NoHistory(), shop.forge().attachments(), repository="acme/models")

    def read(uri: str, sha256: str | None = None) -> object:
        link = Linked(open_stores(Operator(), Guard()), Place("finetune-proposal.yaml", around))
        return link.read(LinkField(uri=uri, sha256=sha256), CAP)

    found = known(read(uri))
    assert (found.value, found.source.grade) == (RESULTS, Grade.C)
    release.assets[0].digest = None  # as of former days: then only a digest beside the link pins it
    assert known(read(uri)).source.grade is Grade.D
    digest = hashlib.sha256(RESULTS).hexdigest()
    assert known(read(uri, digest)).source.grade is Grade.C
    assert "no asset `x`" in unavailable(read(uri.replace("results.json", "x"))).reason


def test_an_asset_is_read_by_its_release_and_name(shop: Shop) -> None:
    shop.world.create_release(shop.models, "evals/v1", {"results.json": RESULTS, "other.json": b"{}"})
    found = known(shop.forge().attachments().release_asset("evals/v1", "results.json", max_bytes=CAP))
    digest = hashlib.sha256(RESULTS).hexdigest()
    assert found.value == RESULTS
    where = "releases/download/evals/v1/results.json"
    assert found.source == Source(where, Grade.C, digest, None, len(RESULTS))
    assert [each.status for each in shop.stored()] == [200]


def test_an_asset_without_a_digest_of_github_s_is_of_the_lowest_grade(shop: Shop) -> None:
    release = shop.world.create_release(shop.models, "v1", {"results.json": RESULTS})
    release.assets[0].digest = None
    found = known(shop.forge().attachments().release_asset("v1", "results.json", max_bytes=CAP))
    assert found.source.grade is Grade.D


def test_an_asset_that_changes_while_it_is_read_is_tried_again(shop: Shop) -> None:
    release = shop.world.create_release(shop.models, "v1", {"results.json": RESULTS})
    release.assets[0].content = b"another"
    found = unavailable(shop.forge().attachments().release_asset("v1", "results.json", max_bytes=CAP))
    assert (found.trouble, "another digest" in found.reason) == (Trouble.PASSING, True)


@pytest.mark.parametrize(
    ("tag", "name", "word"),
    [
        ("v2", "results.json", "no release `v2`"),
        ("v1", "result.json", "no asset `result.json`; it has `results.json`"),
        ("v1", "results.json", "13 bytes; at most 5 bytes are read"),
        ("../../x", "results.json", "no tag"),
        ("", "results.json", "no tag"),
    ],
)
def test_an_asset_that_is_not_there_or_too_large_is_definitive(shop: Shop, tag: str, name: str, word: str) -> None:
    shop.world.create_release(shop.models, "v1", {"results.json": RESULTS})
    found = unavailable(shop.forge().attachments().release_asset(tag, name, max_bytes=5))
    assert (found.trouble, word in found.reason) == (Trouble.DEFINITIVE, True), found.reason
    assert not shop.stored()


@pytest.mark.parametrize("path", ["/releases/tags/", "/releases/assets/", "/-/stored/"])
def test_trouble_with_a_release_is_passing(shop: Shop, path: str) -> None:
    shop.world.create_release(shop.models, "v1", {"results.json": RESULTS})
    shop.fail(path, 502)
    attachments = shop.forge().attachments()
    assert unavailable(attachments.release_asset("v1", "results.json", max_bytes=CAP)).trouble is Trouble.PASSING
    assert known(attachments.release_asset("v1", "results.json", max_bytes=CAP)).value == RESULTS


def test_an_address_is_good_for_a_minute(shop: Shop) -> None:
    url = shop.world.lend(b"x")
    shop.world.advance(timedelta(seconds=61))
    assert unavailable(led_to(shop.town.api)(url, 9)).trouble is Trouble.PASSING


def test_a_server_that_sends_an_asset_by_itself_is_read(bot: Bot, github: StandIn) -> None:
    described = {"id": 7, "name": "x.json", "size": 2, "digest": None}
    for size in (2, 2_000):
        github.faults += [
            Fault("GET", "/releases/tags/v1", (200, {"assets": [described]}, {})),
            Fault("GET", "/releases/assets/7", (200, b"x" * size, {})),
        ]
    forge, _ = bot.pull()
    assert known(forge.attachments().release_asset("v1", "x.json", max_bytes=10)).value == b"xx"
    assert unavailable(forge.attachments().release_asset("v1", "x.json", max_bytes=10)).trouble is Trouble.DEFINITIVE


def test_a_renamed_repository_is_followed_with_the_token_and_not_in_circles(bot: Bot, github: StandIn) -> None:
    described = {"id": 7, "name": "x.json", "size": 2, "digest": None}
    github.faults += [
        Fault("GET", "/releases/tags/v1", (200, {"assets": [described]}, {})),
        Fault("GET", "/releases/assets/7", (301, None, {"location": f"{github.url}/repos/acme/new/releases/assets/7"})),
        Fault("GET", "acme/new/releases/assets/7", (200, b"{}", {})),
    ]
    forge, _ = bot.pull()
    assert known(forge.attachments().release_asset("v1", "x.json", max_bytes=10)).value == b"{}"
    here = f"{github.url}/repos/acme/models/releases/assets/7"
    github.faults.append(Fault("GET", "/releases/tags/v1", (200, {"assets": [described]}, {})))
    github.faults += [Fault("GET", "/releases/assets/7", (302, None, {"location": here})) for _ in range(9)]
    found = unavailable(forge.attachments().release_asset("v1", "x.json", max_bytes=10))
    assert (found.trouble, "without an end" in found.reason) == (Trouble.PASSING, True)


@pytest.mark.parametrize(
    "answer", [(302, None, {}), (302, None, {"location": "http://["}), (204, None, {}), (206, b"{}", {})]
)
def test_an_answer_that_brings_nothing_is_passing(bot: Bot, github: StandIn, answer: Any) -> None:
    described = {"id": 7, "name": "x.json", "size": 2, "digest": None}
    github.faults += [
        Fault("GET", "/releases/tags/v1", (200, {"assets": [described]}, {})),
        Fault("GET", "/releases/assets/7", answer),
    ]
    forge, _ = bot.pull()
    found = unavailable(forge.attachments().release_asset("v1", "x.json", max_bytes=10))
    assert found.trouble is Trouble.PASSING
