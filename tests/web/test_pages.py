"""Does the page of a review show the stored verdict, to nobody but this machine, and nothing that a stranger slipped in?"""

from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
from fastapi.testclient import TestClient

from bot.ports import Call, Concluded
from bot.readiness import proposal
from bot.readiness.check import Dossier
from bot.readiness.checks import CHECKS
from bot.readiness.evidence import Evidence
from bot.readiness.finding import Finding, Item, Outcome
from bot.readiness.layers import under
from bot.readiness.panel import deliberate
from bot.readiness.policy import Enforcement, LayerKind, Place
from bot.readiness.policy_file import PolicyText
from bot.readiness.verdict import Judged, Verdict, conclude
from bot.readiness.waiver import State, Waiver
from bot.report.answer import Answer, Answered, answer_under
from bot.report.as_json import as_json
from bot.report.words import ITEM_QUESTION, holding
from bot.settings import GitHubApp, Settings
from bot.web.app import create_app
from bot.wiring import in_force, policy
from bot.wiring.service import Service, open_service
from tests.dossiers import READY, READY_FACTS, dossier
from tests.web.conftest import HERE

TODAY = date(2026, 1, 1)
TIGHTER = """\
version: 1
checks:
  backup-named: {enforcement: hard}
  owner-exists: {enforcement: off}
tiers:
  - {name: big, when: {requests_per_day: {at_least: 5}}, checks: {eval-fresh: {enforcement: soft}}}
"""
ATTACK = '<script>alert(1)</script>"><img src=x onerror=alert(1)>{{ 7*7 }}'


class Elements(HTMLParser):
    """Every element of a page with its attributes, and the text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def stored(service: Service, text: str, title: str = "Tune it") -> str:
    """Store a review of a proposal's text without any evidence; return its id."""
    return stored_as(service, *judged(text), title)


def judged(text: str) -> tuple[proposal.Reading, Verdict]:
    reading = proposal.read(text.encode(), opened_on=TODAY)
    assert reading.proposal is not None
    verdict = deliberate(Dossier(reading.proposal, policy(), Evidence(), TODAY), CHECKS, reading.problems)
    return reading, verdict


def stored_as(
    service: Service,
    reading: proposal.Reading,
    verdict: Verdict,
    title: str = "Tune it",
    *,
    release: int = 2,
    repo_id: int = 33,
    answer: Answer | None = None,
) -> str:
    """Store a verdict as this release does, or as the first one did, which knew no conditions and no policy files."""
    answered = Answered("a/finetune-proposal.yaml", reading, verdict)
    told = as_json(answer or Answer((answered,), "default", policy().sha256))
    if release == 1:
        for entry in told["proposals"]:
            del entry["conditions"], entry["advice"], entry["tiers"]
            del entry["waivers"], entry["waivers_over"], entry["waivable"]
            for found in entry["findings"]:
                del found["condition"], found["working"], found["asked_by"]
        del told["policy"]["files"], told["policy"]["complaints"]
        del told["policy"]["approvers"], told["policy"]["waiver_days"]
    return recorded(service, told, verdict, title, repo_id)


def recorded(
    service: Service, told: dict[str, Any], verdict: Verdict, title: str = "Tune it", repo_id: int = 33
) -> str:
    pull = {"repository": "acme/models", "number": 5, "title": title, "author": "ada", "head_sha": "a" * 40}
    return service.ledger.record(
        Concluded(
            repo_id=repo_id,
            number=5,
            head_sha="a" * 40,
            base_sha="b" * 40,
            policy_sha256=policy().sha256,
            bot_version="0.1.0",
            format=1,
            decision=verdict.decision.value,
            dossier={},
            verdict={**told, "pull_request": pull},
        )
    )


def test_the_stored_verdict_is_shown(client: TestClient, service: Service) -> None:
    review_id = stored(service, "version: 1\nadapter: ticket-router\nfailure: {kind: knowledge, reason: knowledge}\n")
    page = client.get(f"/reviews/{review_id}")
    assert page.status_code == 200
    seen = Elements()
    seen.feed(page.text)
    for words in (
        "Not yet",
        "ticket-router",
        "fine-tuning is the wrong tool for facts",
        "retrieval",
        "failure-is-behavior",
    ):
        assert words in seen.text
    assert ("a", {"href": "http://127.0.0.1:9/acme/models/pull/5", "rel": "noopener noreferrer"}) in seen.found


def test_the_page_speaks_of_the_form_as_the_check_run_does(client: TestClient, service: Service) -> None:
    reading, verdict = judged("version: 1\nadapter: ticket-router\nowners: {}\n")
    seen = Elements()
    seen.feed(client.get(f"/reviews/{stored_as(service, reading, verdict)}").text)
    assert f"Not yet: {holding(verdict)}" in " ".join(seen.text.split())
    assert holding(verdict).endswith("; the file has problems of form")


def test_what_a_readiness_waits_for_is_shown(client: TestClient, service: Service) -> None:
    reading, _ = judged("version: 1\nadapter: ticket-router\n")
    data = Finding(
        "enough-examples", Item.DATA, Outcome.PASSED, "data", "Planned.", condition="1,500 examples by 2026-05-01"
    )
    cost = Finding("cost-estimated", Item.COST, Outcome.PASSED, "ops_cost", "Estimated.")
    verdict = conclude([Judged(each, Enforcement.SOFT) for each in (data, cost)], offline=False)
    seen = Elements()
    seen.feed(client.get(f"/reviews/{stored_as(service, reading, verdict)}").text)
    words = " ".join(seen.text.split())
    assert "Ready on condition: 1,500 examples by 2026-05-01; until then it is not registered" in words
    assert "On condition: 1,500 examples by 2026-05-01" in words
    assert "Data holds on condition" in words
    assert f"Cost holds {ITEM_QUESTION[Item.COST]}" in words


def test_a_rule_of_the_house_is_shown_beside_the_items(client: TestClient, service: Service) -> None:
    reading, verdict = judged("version: 1\nadapter: ticket-router\n")
    rule = Finding("approved-providers", Item.HOUSE, Outcome.FAILED, "", "We have no contract.", fix="Train elsewhere.")
    both = conclude([*verdict.judged, Judged(rule, Enforcement.SOFT)], offline=False)
    seen = Elements()
    seen.feed(client.get(f"/reviews/{stored_as(service, reading, both)}").text)
    words = " ".join(seen.text.split())
    assert "items hold; a rule of the house is not met" in words
    assert "House does not hold The organisation's own rules" in words
    seen = Elements()
    seen.feed(client.get(f"/reviews/{stored_as(service, reading, verdict)}").text)
    assert "House" not in seen.text


def test_a_review_of_a_release_that_knew_no_conditions_is_shown(client: TestClient, service: Service) -> None:
    review_id = stored_as(service, *judged("version: 1\nadapter: ticket-router\n"), release=1)
    page = client.get(f"/reviews/{review_id}")
    assert page.status_code == 200
    assert "ticket-router" in page.text
    assert "On condition" not in page.text
    assert "<svg" not in page.text
    assert "Next step" in page.text


def test_the_walk_and_the_square_show_where_the_proposal_stands(client: TestClient, service: Service) -> None:
    text = "version: 1\nadapter: ticket-router\nfailure: {kind: knowledge, signal: volatile, reason: knowledge}\n"
    page = client.get(f"/reviews/{stored(service, text)}")
    seen = Elements()
    seen.feed(page.text)
    pictures = [attributes for tag, attributes in seen.found if tag == "svg"]
    assert [picture["class"] for picture in pictures] == ["walk", "square"]
    ids = {attributes["id"] for _, attributes in seen.found if "id" in attributes}
    assert all(
        picture["role"] == "img" and set((picture["aria-labelledby"] or "").split()) <= ids for picture in pictures
    )
    groups = [str(attributes["class"]) for tag, attributes in seen.found if tag == "g"]
    assert groups == [
        "stopped",
        "ahead",
        "ahead",
        "ahead",
        "ahead",
        "end ahead",
        "cell",
        "cell claimed",
        "cell fits",
        "cell",
    ]
    assert "1. A strong model with a good prompt falls short? stops here; 2." in seen.text
    assert "The proposal says: knowledge, volatile." in seen.text
    assert not [attributes for _, attributes in seen.found if "style" in attributes]


def test_a_ready_one_shows_the_whole_walk_and_what_its_rows_call_for(client: TestClient, service: Service) -> None:
    known = dossier(READY, READY_FACTS)
    reading = proposal.read(READY.encode(), opened_on=TODAY)
    page = client.get(f"/reviews/{stored_as(service, reading, deliberate(known, CHECKS))}")
    seen = Elements()
    seen.feed(page.text)
    groups = [str(attributes["class"]) for tag, attributes in seen.found if tag == "g"]
    assert groups == [*["passed"] * 5, "end ready", "cell", "cell", "cell claimed fits", "cell"]
    assert "What the rows call for: Supervised fine-tuning (sft) with LoRA fits: 500 examples" in " ".join(
        seen.text.split()
    )
    assert "sft with LoRA" in seen.text


def test_several_proposals_have_pictures_with_ids_of_their_own(client: TestClient, service: Service) -> None:
    reading, verdict = judged("version: 1\nadapter: ticket-router\nfailure: {kind: behavior, signal: stable}\n")
    answer = Answer((Answered("a/finetune-proposal.yaml", reading, verdict),) * 2, "default", policy().sha256)
    page = client.get(f"/reviews/{recorded(service, as_json(answer), verdict)}")
    seen = Elements()
    seen.feed(page.text)
    ids = [attributes["id"] for _, attributes in seen.found if "id" in attributes]
    assert len(ids) == 8
    assert len(set(ids)) == 8


COSTS = """
version: 1
adapter: ticket-router
ops_cost:
  currency: USD
  volume: {requests: 10000, period: day}
  baseline: {unit_cost: 0.005}
  tuned: {unit_cost: 0.0003, hosting: {kind: per_token, amount: 0, period: month}}
  one_time: {training: 200, data: 0, data_source: existing-labels, eval: 0, engineer_hours: 10, hourly_rate: 100}
  benefit: {kind: cost}
"""


def test_how_the_gain_was_worked_out_is_drawn_and_listed(client: TestClient, service: Service) -> None:
    page = client.get(f"/reviews/{stored(service, COSTS)}")
    seen = Elements()
    seen.feed(page.text)
    svg = next(attributes for tag, attributes in seen.found if tag == "svg" and attributes["class"] == "costs")
    ids = [str(attributes["id"]) for _, attributes in seen.found if str(attributes.get("id")).startswith("costs")]
    assert (svg["role"], svg["aria-labelledby"]) == ("img", "costs-1-title costs-1-desc")
    assert ids == ["costs-1-title", "costs-1-desc"]
    words = " ".join(seen.text.split())
    assert "paid back after 32 days" in words
    assert "net of 12 months12,355 USDcomputed" in words
    assert "an hour100 USDthe proposal" in words
    assert not any("style" in attributes for _, attributes in seen.found)


def test_what_a_stranger_wrote_stays_text(client: TestClient, service: Service) -> None:
    lines = [
        "version: 1",
        "adapter: x",
        f"failure: {{kind: {ATTACK!r}}}",
        f"owner: {{primary: {ATTACK!r}}}",
        f"? {ATTACK!r}\n: 1",
    ]
    page = client.get(f"/reviews/{stored(service, chr(10).join(lines), title=ATTACK)}")
    assert page.status_code == 200
    seen = Elements()
    seen.feed(page.text)
    assert "<script>alert(1)</script>" in seen.text
    assert "alert(1)>{{ 7*7 }}" in seen.text  # "49" alone may be the minute of the review
    assert ">49" not in seen.text
    assert not {tag for tag, _ in seen.found} & {"script", "img", "iframe", "style"}
    assert not [a for _, attributes in seen.found for a in attributes if a.startswith("on")]
    assert "default-src 'none'" in page.headers["content-security-policy"]


@pytest.mark.parametrize("review_id", ["7", "00000000-0000-0000-0000-000000000000", "..%2f..%2fetc", "%00", "a" * 5000])
def test_an_unknown_review_is_not_found(client: TestClient, review_id: str) -> None:
    answer = client.get(f"/reviews/{review_id}")
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("host", "headers"),
    [
        ("192.0.2.7", {}),
        ("testclient", {}),
        ("127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}),
        ("127.0.0.1", {"Forwarded": "for=127.0.0.1"}),
        ("::1", {"X-Real-IP": "::1"}),
        ("127.0.0.1", {"Via": "1.1 proxy"}),
        ("127.0.0.1", {"X-Forwarded-Host": "tunegate.example"}),
        ("127.0.0.1", {"Host": "tunegate.example"}),
        ("127.0.0.1", {"Host": "127.0.0.1.rebound.example:8000"}),
    ],
)
def test_a_visitor_from_elsewhere_sees_no_review(service: Service, host: str, headers: dict[str, str]) -> None:
    review_id = stored(service, "version: 1\nadapter: ticket-router\n")
    with TestClient(create_app(service), HERE, client=(host, 50_000)) as client:
        answer = client.get(f"/reviews/{review_id}", headers=headers)
    assert answer.status_code == 403
    assert "ticket-router" not in answer.text


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1"])
@pytest.mark.parametrize("here", [HERE, "http://localhost:8000", "http://[::1]:8000"])
def test_a_visitor_on_this_machine_does(service: Service, host: str, here: str) -> None:
    review_id = stored(service, "version: 1\nadapter: ticket-router\n")
    with TestClient(create_app(service), here, client=(host, 50_000)) as client:
        assert client.get(f"/reviews/{review_id}").status_code == 200


def test_health_says_whether_the_process_answers_and_whether_it_can_work(client: TestClient) -> None:
    assert client.get("/healthz").json()["status"] == "ok"
    assert client.get("/readyz").json() == {"status": "ok"}


def test_the_style_sheet_is_served(client: TestClient) -> None:
    assert client.get("/static/tunegate.css").headers["content-type"].startswith("text/css")
    assert client.get("/").status_code == 200


def test_the_page_says_by_which_files_it_was_judged_and_what_they_ask_in_vain(
    client: TestClient, service: Service
) -> None:
    own = PolicyText(Place(LayerKind.REPOSITORY, "acme/x", ".tunegate.yaml"), TIGHTER.encode())
    broken = PolicyText(Place(LayerKind.ORGANISATION, "acme/.github", "tunegate/policy.yaml"), b"version: 1\nx: 1\n")
    reading, _ = judged("version: 1\nadapter: x\n")
    assert reading.proposal is not None
    found, tiers = under(in_force((broken, own)), reading.proposal)
    verdict = deliberate(Dossier(reading.proposal, found, Evidence(), TODAY), CHECKS)
    told = answer_under(found, [Answered("a/finetune-proposal.yaml", reading, verdict, tiers)])
    page = Elements()
    page.feed(client.get(f"/reviews/{stored_as(service, reading, verdict, answer=told)}").text)
    words = " ".join(page.text.split())
    assert "Asked by the repository's policy (acme/x .tunegate.yaml line 3)" in words
    assert "Tier big: requests_per_day is not stated." in words
    assert "acme/x .tunegate.yaml:4 The repository's policy asks for less" in words
    assert " The policy " in words
    assert "The organisation's policy cannot be read in full (acme/.github tunegate/policy.yaml line 2)" in words
    assert "The file itself" not in words


def test_who_belongs_to_an_organisation_stands_in_no_list_of_calls(client: TestClient, service: Service) -> None:
    review_id = stored(service, "version: 1\nadapter: x\n")
    paths = ("/repos/acme/models/pulls/5", "/orgs/acme/members/ada", "/orgs/acme/teams/hidden")
    service.ledger.given(review_id, [Call("2026-11-24T10:00:00+00:00", "GET", path, 204, "A1", 3) for path in paths])
    page = client.get(f"/reviews/{review_id}").text
    assert paths[0] in page
    assert "/orgs/" not in page


def test_a_service_with_a_public_address_shows_nothing_without_a_login(database_url: str, private_key: str) -> None:
    """Its proxy may pass on neither the visitor nor the host that was asked for, as nginx does by itself."""
    app = GitHubApp(11, private_key, ("s",), "http://127.0.0.1:9")
    with open_service(Settings(app, database_url=database_url, public_url="https://gate.example")) as service:
        review_id = stored(service, "version: 1\nadapter: x\n")
        with TestClient(create_app(service), HERE, client=("127.0.0.1", 50_000)) as proxied:
            assert proxied.get(f"/reviews/{review_id}").status_code == 403


def test_a_page_says_who_can_act_and_by_which_lines(client: TestClient, service: Service) -> None:
    reading, verdict = judged(READY)
    answered = Answered("a/finetune-proposal.yaml", reading, verdict)
    leads = policy().model_copy(update={"leads": "acme/ml-leads"})
    answer = answer_under(leads, (answered,))
    page = client.get(f"/reviews/{stored_as(service, reading, verdict, answer=answer)}").text
    assert "Who can act" in page
    soft = next(j.finding.check for j in verdict.judged if j.blocks and j.enforcement is Enforcement.SOFT)
    assert f"/tunegate waive {soft} until=YYYY-MM-DD WHY IT MAY PASS" in page
    assert "at most 90 days ahead" in page
    assert "approved by <code>acme/ml-leads</code>" in page
    assert "Hard, so that nobody can waive it:" in page


def test_a_page_says_what_is_waived_by_whom_and_the_reason_is_no_markup(client: TestClient, service: Service) -> None:
    case = dossier(READY.replace("serving: {rollout: [shadow, canary]}\n", ""))
    reading = proposal.read(READY.encode(), opened_on=TODAY)
    [one] = deliberate(case, CHECKS).waivable
    waiver = Waiver(
        12,
        "a/finetune-proposal.yaml",
        one.check,
        date(2027, 2, 1),
        "No canary <b>here</b> yet.",
        one.bound,
        one.asked,
        State.APPROVED,
        "ana",
        "lea",
    )
    verdict = deliberate(case, CHECKS, waivers=[waiver])
    page = client.get(f"/reviews/{stored_as(service, reading, verdict)}").text
    assert "Ready with 1 waiver until 2027-02-01: 5 of 5 items hold" in page
    assert "is waived until 2027-02-01 by W12" in page
    assert "No canary &lt;b&gt;here&lt;/b&gt; yet." in page
    assert "<code>/tunegate unwaive W12</code> ends it" in page
