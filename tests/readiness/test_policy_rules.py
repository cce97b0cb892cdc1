"""Are the rules of a policy file read with their lines, and is what is wrong with one told before it judges anything?"""

import pytest

from bot.readiness.checks import CHECKS
from bot.readiness.layers import in_force
from bot.readiness.panel import deliberate
from bot.readiness.policy import BadPolicy, LayerKind, Place, Policy, read
from bot.readiness.policy_file import PolicyText
from bot.readiness.verdict import Decision
from bot.settings import shipped
from bot.wiring import policy as built_in
from tests.dossiers import dossier

OURS = Place(LayerKind.ORGANISATION, "acme/.github", "tunegate/policy.yaml")
THEIRS = Place(LayerKind.REPOSITORY, "acme/router", ".tunegate.yaml")
RULE = """\
    item: house
    enforcement: soft
    title: The training runs where we have a contract
    message: We have no contract with this provider.
    fix: Train elsewhere.
"""


def laid(*texts: str) -> Policy:
    """Lay an organisation's file, and a repository's, over the default policy; the version stands at their end."""
    whole = [text if text.startswith("version") else f"{text.rstrip()}\nversion: 1\n" for text in texts]
    files = [PolicyText(place, text.encode()) for place, text in zip((OURS, THEIRS), whole, strict=False)]
    return in_force(files, built_in)


def told(text: str) -> list[tuple[int, str, str]]:
    return [(each.line, each.message, each.fix) for each in laid(text).complaints]


def test_a_layer_that_changes_a_weight_and_a_number_and_adds_a_rule_can_be_used() -> None:
    text = (
        "version: 1\nname: acme\nchecks:\n  enough-examples: {enforcement: hard, floor: {value: {sft: 900}, source: house}}\n"
        f"rules:\n  approved-providers:\n{RULE}    at: training.provider\n    when: has(proposal.training.provider)\n"
        "    require: proposal.training.provider in ['together', 'self_hosted']\n"
    )
    policy = laid(text)
    assert policy.complaints == ()
    assert list(policy.rules) == ["approved-providers"]
    assert policy.asked_by("approved-providers") == (
        "the organisation's policy (acme/.github tunegate/policy.yaml line 6)"
    )
    assert policy.number("enough-examples", "floor", "sft") == 900


@pytest.mark.parametrize(
    ("text", "line", "message", "fix"),
    [
        ("rules:\n  Bad Name: {}", 2, "no name of a rule", "joined by hyphens"),
        (f"rules:\n  a-rule:\n{RULE}    require: proposal.adaptr == 'x'", 8, "column 9: the field `adaptr`", "`adapter`"),
        (f"rules:\n  a-rule:\n{RULE}    require: |\n      true &&\n      proposal.adaptr == 'x'", 10, "`adaptr`", "`adapter`"),
        (f"rules:\n  a-rule:\n{RULE}    require: true && 'x'", 8, "does not go with", ""),
        (f"rules:\n  a-rule:\n{RULE}    require: yes", 8, "`yes` is not known", ""),
        (f"rules:\n  a-rule:\n{RULE}    require: true", 8, "is a text", "quotes"),
        (f"rules:\n  a-rule:\n{RULE}    at: eval.bar\n    require: 'true'", 8, "no such field", "`eval.baseline`"),
        (f"rules:\n  a-rule:\n{RULE}    require: proposal.training.method == 'stf'", 8, "is never `stf`", "`sft`"),
        (f"rules:\n  a-rule:\n{RULE}    require: proposal.task.kind in ['cod']", 8, "is never `cod`", "`code`"),
        (
            f"rules:\n  a-rule:\n{RULE}    require: |\n      true &&\n      findings.exists(f, f.check == 'owner-exist')",
            10,
            "column 20: `f.check` is never `owner-exist`",
            "`owner-exists`",
        ),
        (f"rules:\n  a-rule:\n{RULE}    require: findings.exists(g, g.outcome == 'bad')", 8, "is never `bad`", "one of"),
        (f"rules:\n  owner-exists:\n{RULE}    require: 'true'", 2, "is a check already", "another name"),
        (f"rules:\n  proposal:\n{RULE}    require: 'true'", 2, "is a check already", "another name"),
        ("rules:\n  a-rule:\n    item: house", 2, "is needed", "Add"),
        (f"rules:\n  a-rule:\n{RULE}    titel: x\n    require: 'true'", 8, "`titel` is not known", "`title`"),
        (f'rules:\n  a-rule:\n{RULE}    require: "\\uD800"', 8, "cannot be read", "Correct"),
    ],
    ids=[
        "name", "expression", "block", "operand", "word", "boolean", "at", "word-of-a-field", "word-in-a-list", "check-of-a-finding",
        "outcome", "taken", "form", "required", "part", "surrogate",
    ],
)  # fmt: skip
def test_a_problem_stands_at_its_line(text: str, line: int, message: str, fix: str) -> None:
    found = told(text)
    assert any(at == line and message in said and fix in cure for at, said, cure in found), found


def test_every_problem_is_told_at_once_and_the_other_rules_hold() -> None:
    text = f"rules:\n  a-rule:\n{RULE}    require: foo\n  other: {{item: house}}\n  third:\n{RULE}    require: 'true'\n"
    assert {line for line, _, _ in told(text)} == {8, 9}
    assert list(laid(text).rules) == ["third"]


@pytest.mark.parametrize(
    "text", ["rules: 3", "rules: [a]", "rules:\n  a-rule: 3", "rules:\n  a-rule: [b]", "rules:\n  a-rule:"]
)
def test_what_is_no_mapping_is_told(text: str) -> None:
    assert told(text)


def test_a_rule_that_cannot_be_asked_keeps_every_proposal_from_being_ready() -> None:
    broken = laid(f"rules:\n  a-rule:\n{RULE}    require: proposal.adaptr == 'x'\n")
    verdict = deliberate(dossier(policy=broken), CHECKS)
    assert verdict.decision is Decision.CANNOT_TELL
    assert any("line 8" in judged.finding.message and "`adaptr`" in judged.finding.message for judged in verdict.judged)


def test_a_repository_adds_rules_and_changes_none_of_the_organisation() -> None:
    ours = f"rules:\n  a-rule:\n{RULE}    require: 'false'\n"
    theirs = (
        f"rules:\n  a-rule:\n{RULE.replace('soft', 'off')}    require: 'true'\n  b-rule:\n{RULE}    require: 'true'\n"
    )
    policy = laid(ours, theirs)
    assert [(name, rule.require, rule.enforcement) for name, rule in policy.rules.items()] == [
        ("a-rule", "false", "soft"),
        ("b-rule", "true", "soft"),
    ]
    assert [(each.place, each.line, each.grave) for each in policy.complaints] == [(THEIRS, 2, False)]
    assert "already" in policy.complaints[0].message
    assert policy.asked_by("b-rule") == "the repository's policy (acme/router .tunegate.yaml line 9)"


def test_whose_rule_it_is_stands_in_the_finding() -> None:
    verdict = deliberate(dossier(policy=laid(f"rules:\n  a-rule:\n{RULE}    require: 'false'\n")), CHECKS)
    (own,) = (each for each in verdict.judged if each.finding.check == "a-rule")
    assert own.asked_by == "the organisation's policy (acme/.github tunegate/policy.yaml line 2)"


def test_a_built_in_policy_whose_rule_does_not_fit_is_not_loaded() -> None:
    default = (shipped("policies") / "default.yaml").read_bytes()
    text = f"rules:\n  a-rule:\n{RULE}    require: proposal.adaptr == 'x'\n"
    with pytest.raises(BadPolicy, match=r"line 8: .*`adaptr`.*Did you mean `adapter`"):
        read([default, text.encode()])


def test_a_policy_has_at_most_a_hundred_rules() -> None:
    rules = "".join(f"  rule-{n}:\n{RULE}    require: 'true'\n" for n in range(101))
    assert "100" in told(f"rules:\n{rules}")[0][1]
