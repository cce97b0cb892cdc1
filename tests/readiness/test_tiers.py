"""Is a proposal of the tiers that its fields say, told why, and never of a laxer one for what it leaves out?"""

import pytest

from bot.readiness.layers import in_force, under
from bot.readiness.policy import Enforcement, LayerKind, Place, Policy
from bot.readiness.policy_file import PolicyText
from bot.readiness.tier_conditions import kind_of, reasons
from bot.wiring import policy
from tests.dossiers import READY, dossier

HIGH = "  - name: high-volume\n    when: {requests_per_day: {at_least: 5000}}\n    checks: {eval-fresh: {enforcement: hard}}\n"
OWN = "  - name: own-cloud\n    when: {training.provider: {in: [self_hosted]}}\n    loosens: true\n    checks: {no-secrets: {enforcement: advisory}}\n"
SHARED = READY.replace("training: {", "training: {provider: together, ")


def made(organisation: str = "", repository: str = "") -> Policy:
    texts = [
        PolicyText(Place(LayerKind.ORGANISATION, "acme/.github", "p.yaml"), f"version: 1\n{organisation}".encode()),
        PolicyText(Place(LayerKind.REPOSITORY, "acme/x", ".tunegate.yaml"), f"version: 1\n{repository}".encode()),
    ]
    found = in_force(texts, policy)
    assert not [each for each in found.complaints if each.grave], found.complaints
    return found


def of(found: Policy, text: str = READY) -> tuple[Policy, dict[str, tuple[str, ...]]]:
    tightened, tiers = under(found, dossier(text).proposal)
    return tightened, {tier.name: tier.reasons for tier in tiers}


def test_a_proposal_of_a_tier_meets_its_checks_and_is_told_why() -> None:
    found, tiers = of(made(f"tiers:\n{HIGH}"))
    assert tiers == {"high-volume": ("requests_per_day is 10,000, at least 5,000",)}
    assert found.enforcement("eval-fresh") is Enforcement.HARD
    assert (
        found.asked_by("eval-fresh")
        == "the organisation's policy for the tier `high-volume` (acme/.github p.yaml line 5)"
    )


def test_a_proposal_of_no_tier_meets_the_policy_itself() -> None:
    before = made(f"tiers:\n{HIGH.replace('5000', '50000')}")
    found, tiers = of(before)
    assert (found, tiers) == (before, {})


@pytest.mark.parametrize(("period", "expected"), [("day", True), ("month", False)])
def test_a_volume_is_counted_by_the_day_whatever_its_period(period: str, expected: bool) -> None:
    _, tiers = of(made(f"tiers:\n{HIGH}"), READY.replace("period: day", f"period: {period}"))
    assert bool(tiers) is expected


def test_what_is_not_stated_counts_as_if_it_held_for_a_tier_that_tightens() -> None:
    text = READY.replace("  volume: {requests: 10000, period: day, source: docs/usage.csv}\n", "")
    assert text != READY
    assert of(made(f"tiers:\n{HIGH}"), text)[1] == {"high-volume": ("requests_per_day is not stated",)}


def test_what_is_not_stated_does_not_hold_for_a_tier_that_loosens() -> None:
    found = made(f"tiers:\n{OWN}")
    assert of(found)[1] == {}
    assert of(found, SHARED)[1] == {}
    own, tiers = of(found, SHARED.replace("together", "self_hosted"))
    assert tiers == {"own-cloud": ("training.provider is self_hosted",)}
    assert own.enforcement("no-secrets") is Enforcement.ADVISORY


def test_every_condition_must_hold() -> None:
    both = HIGH.replace("5000}}", "5000}, training.provider: {in: [openai]}}")
    assert of(made(f"tiers:\n{both}"), SHARED)[1] == {}
    assert len(of(made(f"tiers:\n{both}"), SHARED.replace("together", "openai"))[1]["high-volume"]) == 2


def test_of_two_tiers_the_stricter_holds_whatever_their_order() -> None:
    strict = HIGH.replace("eval-fresh: {enforcement: hard}", "no-secrets: {enforcement: hard}")
    text = SHARED.replace("together", "self_hosted")
    for tiers in (strict + OWN, OWN + strict):
        assert of(made(f"tiers:\n{tiers}"), text)[0].enforcement("no-secrets") is Enforcement.HARD


def test_a_tier_only_tightens_unless_it_says_so_and_is_told() -> None:
    found = made(f"tiers:\n{OWN.replace('    loosens: true' + chr(10), '')}")
    [complaint] = found.complaints
    assert complaint.message.startswith(
        "The tier `own-cloud` asks for less than the policy: `checks.no-secrets.enforcement`"
    )
    assert complaint.line == 5
    own, _ = of(found, SHARED.replace("together", "self_hosted"))
    assert own.enforcement("no-secrets") is Enforcement.SOFT


def test_a_repository_s_tier_tightens_and_cannot_loosen() -> None:
    found = made(repository=f"tiers:\n{HIGH}{OWN}")
    assert ["`own-cloud` cannot loosen here" in each.message for each in found.complaints] == [True]
    text = SHARED.replace("together", "self_hosted")
    tightened, tiers = of(found, text)
    assert set(tiers) == {"high-volume", "own-cloud"}
    assert tightened.enforcement("eval-fresh") is Enforcement.HARD
    assert tightened.enforcement("no-secrets") is Enforcement.SOFT


def test_a_repository_cannot_put_its_own_tier_in_the_organisation_s_place() -> None:
    found = made(f"tiers:\n{HIGH}", f"tiers:\n{HIGH.replace('5000', '50000')}")
    assert ["There is a tier `high-volume` already" in each.message for each in found.complaints] == [True]
    assert of(found)[0].enforcement("eval-fresh") is Enforcement.HARD


def test_what_the_repository_tightened_no_tier_loosens() -> None:
    found = made(f"tiers:\n{OWN}", "checks: {no-secrets: {enforcement: hard}}")
    own, _ = of(found, SHARED.replace("together", "self_hosted"))
    assert own.enforcement("no-secrets") is Enforcement.HARD


@pytest.mark.parametrize(
    ("field", "number", "word"),
    [
        ("requests_per_day", True, None),
        ("eval.threshold", True, None),
        ("serving.tenants", True, None),
        ("training.provider", False, "openai"),
        ("scope", False, "experiment"),
        ("serving.multi_adapter", False, "true"),
        ("training.base_model", False, None),
        ("owner.team", False, None),
    ],
)
def test_a_condition_asks_of_a_field_what_can_stand_there(field: str, number: bool, word: str | None) -> None:
    kind = kind_of(field)
    assert kind is not None
    assert kind.number is number
    assert word is None or word in kind.words


@pytest.mark.parametrize(
    "field", ["", "owner", "training.provider.x", "nothing", "failure.modes", "failure.modes.name"]
)
def test_it_asks_of_nothing_else(field: str) -> None:
    assert kind_of(field) is None


def test_a_word_of_true_and_false_is_written_as_in_a_policy() -> None:
    tier = (
        "  - name: t\n    when: {serving.multi_adapter: {in: [true]}}\n    checks: {eval-fresh: {enforcement: hard}}\n"
    )
    found = made(f"tiers:\n{tier}").tiers[0]
    stated = READY.replace("serving: {", "serving: {multi_adapter: true, ")
    assert reasons(found, dossier(stated).proposal) == ("serving.multi_adapter is true",)


LEVERS = "[prompt, few_shot, retrieval, tool_use, structured_decoding, reasoning_model{}]"
ASKED = "checks: {{cheaper-levers-tried: {{asked: {{value: {{{}: {}}}, source: x}}}}}}"


def test_a_key_that_only_a_repository_names_does_not_escape_a_tier() -> None:
    """The tier asks for more of all reasons that the policy does not name; the repository names one of them."""
    more = ASKED.format("default", LEVERS.format(", small_prompted"))
    tier = f"tiers:\n  - name: high-volume\n    when: {{requests_per_day: {{at_least: 5000}}}}\n    {more}\n"
    own = ASKED.format("classification", LEVERS.format(", oracle_context"))
    found, _ = of(made(tier, own))
    asked = found.setting("cheaper-levers-tried", "asked")
    assert {"oracle_context", "small_prompted"} <= set(asked["classification"])
    assert "small_prompted" in asked["default"]
    assert "few_shot" not in asked["distillation"]  # what the policy itself names is as it says
