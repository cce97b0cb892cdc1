"""Can a lower layer only tighten, is one that tries to loosen told so at its line, and is nothing passed over in silence?"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.readiness.fact import Grade
from bot.readiness.layers import MAX_COMPLAINTS, in_force, laid
from bot.readiness.policy import AcceptedCode, Enforcement, LayerKind, Place, Policy
from bot.readiness.policy_file import PolicyText, read_file
from bot.readiness.policy_values import flat
from bot.readiness.strictness import SETTINGS, Stricter, direction, tightened
from bot.wiring import policy

ORGANISATION = Place(LayerKind.ORGANISATION, "acme/.github", "tunegate/policy.yaml")
REPOSITORY = Place(LayerKind.REPOSITORY, "acme/models", ".tunegate.yaml")
DEFAULT = policy()


def organisation(text: str) -> PolicyText:
    return PolicyText(ORGANISATION, f"version: 1\n{text}".encode())


def repository(text: str) -> PolicyText:
    return PolicyText(REPOSITORY, f"version: 1\n{text}".encode())


def made(*texts: PolicyText) -> Policy:
    return in_force(texts, policy)


def told(found: Policy) -> list[tuple[int, str, bool]]:
    return [(each.line, each.message, each.grave) for each in found.complaints]


def test_the_organisation_changes_a_built_in_value_either_way() -> None:
    looser = made(organisation("checks: {enough-examples: {floor: {value: {sft: 300}}, enforcement: advisory}}"))
    assert looser.number("enough-examples", "floor", "sft") == 300
    assert looser.number("enough-examples", "floor", "dpo") == 1000
    assert looser.enforcement("enough-examples") is Enforcement.ADVISORY
    assert looser.name == "acme"
    assert looser.complaints == ()


def test_it_may_extend_another_built_in_policy() -> None:
    found = made(organisation("extends: strict\nname: acme-strict"))
    assert (found.name, found.enforcement("labels-audited")) == ("acme-strict", Enforcement.SOFT)
    assert found.setting("gain-is-real", "bound_above") == -0.02
    assert made(organisation("extends: starter")).enforcement("backup-named") is Enforcement.ADVISORY


def test_a_repository_tightens_and_its_line_is_named() -> None:
    found = made(organisation("{}"[:0]), repository("checks:\n  enough-examples:\n    enforcement: hard"))
    assert found.enforcement("enough-examples") is Enforcement.HARD
    assert found.asked_by("enough-examples") == "the repository's policy (acme/models .tunegate.yaml line 4)"
    assert found.asked_by("labels-agree") is None


def test_a_repository_that_loosens_is_told_at_its_line_and_the_stricter_value_holds() -> None:
    found = made(
        organisation("checks: {enough-examples: {floor: {value: {sft: 800}, source: our audit}}}"),
        repository("checks:\n  enough-examples:\n    floor:\n      value:\n        sft: 300\n        dpo: 2000"),
    )
    assert found.number("enough-examples", "floor", "sft") == 800
    assert found.number("enough-examples", "floor", "dpo") == 2000
    [(line, message, grave)] = told(found)
    assert (line, grave) == (6, False)
    assert message == (
        "The repository's policy asks for less than the one above it: "
        "`checks.enough-examples.floor.sft` 300, while 800 holds."
    )


@pytest.mark.parametrize(
    ("named", "holds"),
    [
        ("checks.enough-examples.floor.sft", 300),
        ("checks.enough-examples.floor", 300),
        ("checks.enough-examples", 300),
        ("checks.enough-examples.overclaim", 500),
    ],
)
def test_what_the_organisation_names_a_repository_may_loosen(named: str, holds: int) -> None:
    found = made(
        organisation(f"may_loosen: [{named}]"),
        repository("checks: {enough-examples: {floor: {value: {sft: 300}}}}"),
    )
    assert found.number("enough-examples", "floor", "sft") == holds
    assert bool(found.complaints) is (holds == 500)


def test_a_repository_cannot_say_what_is_the_organisation_s_to_say() -> None:
    found = made(repository("extends: starter\nmay_loosen: [shadow]\nshadow: true\nleads: [mallory]\nname: mine"))
    assert (found.shadow, found.leads, found.name) == (False, None, "default")
    assert found.enforcement("backup-named") is Enforcement.SOFT
    assert [line for line, _, grave in told(found) if not grave] == [2, 3, 4, 5]


def test_shadow_is_ended_by_a_repository_and_begun_by_the_organisation_alone() -> None:
    assert made(organisation("shadow: true")).shadow
    assert not made(organisation("shadow: true"), repository("shadow: false")).shadow
    assert made(organisation("may_loosen: [shadow]"), repository("shadow: true")).shadow


def test_where_a_field_may_be_left_out_a_repository_only_narrows() -> None:
    text = "accepted_codes:\n  tried.tool_use: {nothing_to_call: false}\n  data.group_key: {no_users: {only: {task.kind: [code]}}}\n"
    found = made(repository(text))
    assert "nothing_to_call" not in found.accepted_codes.get("tried.tool_use", {})
    assert found.accepted_codes["data.group_key"]["no_users"].only == {"task.kind": ("code",)}
    wider = made(repository("accepted_codes: {tried.prompt: {too_obvious: {}}, tried.tool_use: {nothing_to_call: {}}}"))
    assert wider.accepted_codes == DEFAULT.accepted_codes
    assert len(wider.complaints) == 2
    assert made(organisation("accepted_codes: {tried.prompt: {too_obvious: {}}}")).accepted_codes["tried.prompt"]


def test_the_organisation_s_word_on_models_holds_and_does_not_age() -> None:
    word = "models:\n  - {provider: openai, match: gpt-4o, servable_until: 2028-06-30, checked_on: 2020-01-01, source: our contract}\n"
    found = made(organisation(word))
    (entry,) = found.models
    assert (entry.match, entry.servable_until, entry.checked_on) == (("gpt-4o",), date(2028, 6, 30), None)
    assert found.origins["models", "0"].line == 3
    assert found.sha256 != made(organisation("")).sha256
    tried = made(repository(word))
    assert tried.models == ()
    assert [grave for _, _, grave in told(tried)] == [False]


def test_a_reason_that_a_table_does_not_name_is_measured_by_what_stands_for_all_others() -> None:
    found = made(repository("checks: {cheaper-levers-tried: {asked: {value: {style: [prompt]}}}}"))
    asked = found.setting("cheaper-levers-tried", "asked")
    assert asked.get("style", asked["default"]) == asked["default"]
    assert [grave for _, _, grave in told(found)] == [False]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a: *b\n", 2, "not valid YAML"),
        ("chekcs: {}\n", 2, "`chekcs` is not known here"),
        ("checks:\n  enough-exmples: {}\n", 3, "no check `enough-exmples`"),
        ("checks:\n  enough-examples:\n    flor: {value: 1}\n", 4, "no setting `flor`"),
        ("checks:\n  enough-examples:\n    floor: 500\n", 4, "not written as a setting"),
        ("checks:\n  enough-examples:\n    floor: {value: 500}\n", 4, "needs a table"),
        ("checks:\n  enough-examples:\n    floor: {value: {stf: 500}}\n", 4, "has no `stf`"),
        ("checks:\n  enough-examples:\n    overclaim: {value: 5}\n", 4, "between 0 and 1"),
        ("checks:\n  enough-examples:\n    pilot: {value: '50'}\n", 4, "needs a number"),
        ("checks:\n  enough-examples:\n    pilot: {value: -1}\n", 4, "no negative number"),
        ("checks:\n  enough-examples:\n    pilot: {value: null}\n", 4, "needs a number"),
        ("checks:\n  baseline-falls-short:\n    confidence: {value: 1.0}\n", 4, "between 0.5 and"),
        ("checks:\n  baseline-is-the-strong-prompt:\n    models: {value: claude}\n", 4, "needs a list"),
        ("checks:\n  eval-readable:\n    accept_hashed_rows: {value: 1}\n", 4, "`true` or `false`"),
        ("checks:\n  eval-readable:\n    enforcement: hrd\n", 4, "one of: hard, soft, advisory, off"),
        ("checks:\n  eval-readable:\n    least_grade: E\n", 4, "one of: A, B, C, D"),
        ("checks: [x]\n", 2, "Named fields"),
        ("accepted_codes:\n  owner.primary: {x: {}}\n", 3, "cannot be left out"),
        ("accepted_codes:\n  tried.few_shot:\n    x: {onyl: {}}\n", 4, "cannot be read"),
        (
            "accepted_codes:\n  tried.few_shot:\n    x: {never: {training.provder: [x]}}\n",
            4,
            "a field `training.provder`",
        ),
        ("accepted_codes:\n  tried.few_shot:\n    x: {only: {task.kind: [code, cod]}}\n", 4, "is never `cod`"),
        (
            "accepted_codes:\n  tried.few_shot:\n    x: {needs: [eval.budget.p59_ms]}\n",
            4,
            "a field `eval.budget.p59_ms`",
        ),
        ("extends: lenient\n", 2, "one of: starter, default, strict"),
        ("may_loosen: [shadow, checks.enough-examples.flor]\n", 2, "no key of a policy"),
        ("may_loosen: checks\n", 2, "no key of a policy"),
        ("time_zone: 5\n", 2, "time zone"),
        ("shadow: yes\n", 2, "`true` or `false`"),
        ("leads: {}\n", 2, "needs a list"),
        ("models: {}\n", 2, "`models` is a list"),
        ("models:\n  - gpt-4o\n", 3, "named fields"),
        ("models:\n  - {provider: openai, match: gpt-4o}\n", 3, "`source` is needed"),
        ("models:\n  - provider: openai\n    match: []\n    source: x\n", 4, "`match` is empty"),
        (
            "models:\n  - provider: a\n    match: b\n    source: x\n    servable: 2027-01-01\n",
            6,
            "`servable` is not known",
        ),
        (
            "models:\n  - provider: a\n    match: b\n    source: x\n    retires_on: 2027-13-01\n",
            6,
            "no date of the calendar",
        ),
        (
            "models:\n  - provider: a\n    match: b\n    source: x\n    per_million:\n      outptu: 1\n",
            7,
            "`outptu` is not known",
        ),
        ("tiers: {}\n", 2, "`tiers` is a list"),
        ("tiers:\n  - {name: x, checks: {eval-fresh: {enforcement: soft}}}\n", 3, "for which proposals"),
        ("tiers:\n  - name: x\n    when: {owner: {in: [a]}}\n", 4, "no field with a number or a word"),
        ("tiers:\n  - name: x\n    when: {training.provider: {in: [opnai]}}\n", 4, "is never `opnai`"),
        ("tiers:\n  - name: x\n    when: {training.provider: {at_least: 5}}\n", 4, "holds no number"),
        ("tiers:\n  - name: x\n    when: {requests_per_day: {in: [5]}}\n", 4, "holds a number"),
        ("tiers:\n  - name: x\n    when: {requests_per_day: {at_least: '5'}}\n", 4, "needs a number"),
        ("tiers:\n  - name: x\n    when: {requests_per_day: 5}\n", 4, "at_least, in"),
        ("tiers:\n  - name: x\n    when: {requests_per_day: {at_least: 5}}\n", 3, "changes nothing"),
    ],
)
def test_what_cannot_be_read_is_told_at_its_line_and_is_grave(text: str, line: int, message: str) -> None:
    found = made(organisation(text))
    assert [at for at, _, _ in told(found)][:1] == [line]
    assert message in found.complaints[0].message
    assert found.complaints[0].grave
    assert found.complaints[0].fix
    assert found.sha256 != DEFAULT.sha256


def test_what_can_be_read_of_a_broken_file_holds() -> None:
    found = made(organisation("checks: {enough-examples: {enforcement: hard}}\nchekcs: {}"))
    assert found.enforcement("enough-examples") is Enforcement.HARD
    assert len(found.complaints) == 1


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"- a\n", b"a" * 70_000, b"x: &a [*a]\n", b"version: 2\n", b"5\n"])
def test_a_hostile_file_is_told_and_changes_nothing(raw: bytes) -> None:
    found = made(PolicyText(ORGANISATION, raw))
    assert found.checks == DEFAULT.checks
    assert any(each.grave for each in found.complaints)
    assert all("proposal" not in each.fix for each in found.complaints)


def test_of_a_thousand_complaints_the_first_are_kept_and_the_last_says_how_grave_the_others_are() -> None:
    many = "".join(f"unknown{n}: 1\n" for n in range(1_000))
    found = made(repository("extends: strict\n" + many))
    assert len(found.complaints) == MAX_COMPLAINTS
    assert found.complaints[-1].message == f"And {1_001 - MAX_COMPLAINTS + 1:,} more from here on."
    assert found.complaints[-1].grave


def test_an_empty_file_has_no_opinion() -> None:
    assert made(PolicyText(REPOSITORY, b"")).sha256 == DEFAULT.sha256


def test_a_file_that_is_there_but_cannot_be_read_is_told() -> None:
    found = made(PolicyText(ORGANISATION, None, "It is a folder."))
    assert told(found) == [(1, "It is a folder.", True)]


def test_the_house_s_own_policies_are_laid_without_complaint() -> None:
    for name in ("starter", "strict"):
        assert policy(name).complaints == ()
        assert policy(name).name == name
        assert policy(name).checks.keys() == DEFAULT.checks.keys()


def test_every_number_of_the_built_in_policy_has_a_direction() -> None:
    named = {check: set(entry.settings) for check, entry in DEFAULT.checks.items() if entry.settings}
    assert {check: set(names) for check, names in SETTINGS.items()} == named, "see bot/readiness/strictness.py"


# -- the ratchet, over every key --

_ORDER = [Enforcement.OFF, Enforcement.ADVISORY, Enforcement.SOFT, Enforcement.HARD]


def asks_as_much(path: tuple[str, ...], below: Any, above: Any) -> bool:
    """Compare two values of a key, by other means than the code under test."""
    low, high = float("-inf"), float("inf")
    match direction(path):
        case Stricter.HIGHER:
            return (low if below is None else below) >= (low if above is None else above)
        case Stricter.LOWER:
            return (high if below is None else below) <= (high if above is None else above)
        case Stricter.MORE:
            return not set(above) - set(below)
        case Stricter.FEWER:
            return not set(below) - set(above)
        case Stricter.FALSE:
            return above or not below
        case Stricter.BOTH:
            return below == "both" or above == "either"
        case Stricter.HARDER:
            return _ORDER.index(below) >= _ORDER.index(above)
        case Stricter.BETTER:
            return "DCBA".index(below) >= "DCBA".index(above)
        case Stricter.NARROWER:
            return below is None or (above is not None and accepts_no_more(below, above))
        case Stricter.FEWER_PEOPLE:
            return below in (above, "nobody") or above == "approvers"
        case Stricter.FIXED:
            return bool(below == above)
        case _:
            return True


FIELDS = {"task.kind": ("a", "b", "c"), "task.output": ("a", "b", "c")}
GIVEN = ("eval.budget", "ops_cost.latency", "ops_cost.volume")


def accepts(rule: AcceptedCode, words: Mapping[str, str], there: set[str]) -> bool:
    return (
        all(words[field] in values for field, values in rule.only.items())
        and not any(words[field] in values for field, values in rule.never.items())
        and (not rule.needs or bool(set(rule.needs) & there))
    )


def accepts_no_more(below: AcceptedCode, above: AcceptedCode) -> bool:
    if not (set(below.only) | set(below.never) | set(above.only) | set(above.never)) <= set(FIELDS):
        return True  # of fields that this test does not try
    worlds = [
        ({"task.kind": kind, "task.output": output}, {name for n, name in enumerate(GIVEN) if bits >> n & 1})
        for kind in "abc"
        for output in "abc"
        for bits in range(8)
    ]
    return all(accepts(above, *world) for world in worlds if accepts(below, *world))


WORDS = st.lists(st.sampled_from(["a", "b", "c"]), max_size=3, unique=True).map(tuple)
RULES = st.builds(
    AcceptedCode,
    only=st.dictionaries(st.sampled_from(list(FIELDS)), WORDS, max_size=2),
    never=st.dictionaries(st.sampled_from(list(FIELDS)), WORDS, max_size=2),
    needs=st.lists(st.sampled_from(GIVEN), max_size=3, unique=True).map(tuple),
)


@settings(max_examples=200, deadline=None)
@given(above=RULES | st.none(), below=RULES | st.none())
def test_of_two_rules_the_narrower_is_at_least_as_narrow_as_the_upper_one(above: Any, below: Any) -> None:
    path = ("accepted_codes", "tried.few_shot", "x")
    assert asks_as_much(path, tightened(path, above, below), above)


@pytest.mark.parametrize(
    ("above", "below", "holds"),
    [
        (("a", "b"), ("b", "c"), ("b",)),
        (("a",), ("b",), ("a",)),  # both cannot be said in one list: the upper one stays
        ((), ("b",), ("b",)),
        (("a",), (), ("a",)),
    ],
)
def test_of_the_fields_that_a_code_needs_the_upper_layer_s_stay_needed(
    above: tuple[str, ...], below: tuple[str, ...], holds: tuple[str, ...]
) -> None:
    path = ("accepted_codes", "tried.few_shot", "x")
    assert tightened(path, AcceptedCode(needs=above), AcceptedCode(needs=below)).needs == holds


KEYS = [path for path in flat(DEFAULT) if path[0] in ("checks", "shadow", "leads", "waivers")]


def value_for(path: tuple[str, ...], example: Any) -> st.SearchStrategy[Any]:
    match path:
        case ("checks", _, "enforcement"):
            return st.sampled_from([each.value for each in Enforcement])
        case ("checks", _, "least_grade"):
            return st.sampled_from([each.value for each in Grade])
        case ("checks", _, "waived_by"):
            return st.sampled_from(["approvers", "security", "legal", "nobody"])
        case ("waivers", "max_days"):
            return st.integers(0, 366)
        case ("waivers", "most_at_once"):
            return st.sampled_from([None, 0, 3, 1_000])
        case ("leads",) | ("waivers", *_):
            return st.sampled_from(["acme/leads", None, ["ada"]])
    if isinstance(example, bool):
        return st.booleans()
    if isinstance(example, str):
        return st.sampled_from(["either", "both"] if example in ("either", "both") else [example])
    if isinstance(example, tuple):
        return st.lists(st.sampled_from([*example, "another", "third"]), max_size=6)
    if path[2] in ("confidence", "power"):
        return st.sampled_from([0.5, 0.8, 0.95, 0.99])
    if example is None:
        return st.sampled_from([None, -0.5, -0.02, 0.1])
    return st.sampled_from([0, 0.01, 0.5, 0.9, 1]) if isinstance(example, float) else st.integers(0, 5000)


@st.composite
def layers(draw: st.DrawFn) -> bytes:
    """Draw a policy file that sets some keys, well formed and as lenient or strict as it comes."""
    data: dict[str, Any] = {"version": 1}
    for path in draw(st.lists(st.sampled_from(KEYS), max_size=12, unique=True)):
        value = draw(value_for(path, flat(DEFAULT)[path]))
        match path:
            case ("checks", check, ("enforcement" | "least_grade" | "waived_by") as name):
                data.setdefault("checks", {}).setdefault(check, {})[name] = value
            case ("checks", check, setting, name):
                entry = data.setdefault("checks", {}).setdefault(check, {}).setdefault(setting, {"value": {}})
                entry["value"][name] = value
            case ("checks", check, setting):
                data.setdefault("checks", {}).setdefault(check, {})[setting] = {"value": value}
            case ("waivers", ("max_days" | "most_at_once") as name):
                data.setdefault("waivers", {})[name] = {"value": value}
            case ("waivers", "approvers"):
                data.setdefault("waivers", {})["approvers"] = value
            case ("waivers", _, role):
                data.setdefault("waivers", {}).setdefault("roles", {})[role] = value
            case (name,):
                data[name] = value
    return yaml.safe_dump(data).encode()


@settings(max_examples=60, deadline=None)
@given(top=layers(), lower=st.lists(layers(), min_size=1, max_size=3))
def test_no_sequence_of_lower_layers_is_weaker_than_the_layer_above_in_any_key(top: bytes, lower: list[bytes]) -> None:
    files = [read_file(PolicyText(ORGANISATION, top), DEFAULT)]
    before = laid(DEFAULT, files)
    for raw in lower:
        files.append(read_file(PolicyText(REPOSITORY, raw), DEFAULT))
        after = laid(DEFAULT, files)
        assert not [each for each in after.complaints if each.grave], after.complaints
        values = flat(after)
        for path, above in flat(before).items():
            assert asks_as_much(path, values[path], above), (path, values[path], above)
        before = after


@settings(max_examples=30, deadline=None)
@given(top=layers())
def test_whatever_a_lower_layer_asks_in_vain_is_told(top: bytes) -> None:
    found = made(PolicyText(REPOSITORY, top))
    asked = made(PolicyText(ORGANISATION, top))  # whose word holds either way
    refused = {path for path, value in flat(asked).items() if path[0] != "name" and flat(found)[path] != value}
    assert len(refused) == len(found.complaints)


def test_a_policy_that_may_be_a_former_one_holds_and_is_told() -> None:
    text = PolicyText(ORGANISATION, b"version: 1\nchecks: {eval-fresh: {enforcement: hard}}\n", "It is out of sight.")
    found = made(text)
    assert found.enforcement("eval-fresh") is Enforcement.HARD
    assert told(found) == [(1, "It is out of sight.", False)]
