"""Does a policy's file tell every problem at its line, before it judges anything?"""

import pytest

from bot.readiness.policy import BadPolicy, read
from bot.readiness.policy_validation import problems
from bot.wiring import layer

RULE = """\
    item: house
    enforcement: soft
    title: The training runs where we have a contract
    message: We have no contract with this provider.
    fix: Train elsewhere.
"""


def told(text: str) -> list[tuple[int, str, str]]:
    return [(each.line, each.message, each.fix) for each in problems(text.encode(), layer())]


def test_a_layer_that_changes_a_weight_and_a_number_and_adds_a_rule_can_be_used() -> None:
    text = (
        "version: 1\nname: acme\nchecks:\n  enough-examples: {enforcement: hard, floor: {value: {sft: 900}, source: house}}\n"
        f"rules:\n  approved-providers:\n{RULE}    at: training.provider\n    when: has(proposal.training.provider)\n"
        "    require: proposal.training.provider in ['together', 'self_hosted']\n"
    )
    assert told(text) == []
    policy = read([layer(), text.encode()])
    assert list(policy.rules) == ["approved-providers"]
    assert policy.number("enough-examples", "floor", "sft") == 900
    assert policy.number("enough-examples", "floor", "dpo") == 1000


@pytest.mark.parametrize(
    ("text", "line", "message", "fix"),
    [
        ("", 1, "empty", "version: 1"),
        ("- a", 1, "mapping of fields", ""),
        ("version: 1\nname: a\nname: b", 3, "stands twice", "one of the two"),
        ("version: 2\nname: a", 1, "`version` is one of: 1", ""),
        ("name: a\nshadw: true", 2, "`shadw` is not known", "`shadow`"),
        ("name: a\nshadow: maybe", 2, "`shadow`", "Correct"),
        ("checks:\n  enough-example: {enforcement: soft}", 2, "check `enough-example` is not known", "`enough-examples`"),
        ("checks:\n  enough-examples:\n    flor: {value: {sft: 9}, source: x}", 3, "`flor` is not known", "`floor`"),
        ("checks:\n  enough-examples:\n    floor: {value: {sft: 9}, sauce: x}", 3, "`sauce` is not known", "`source`"),
        ("checks:\n  enough-examples:\n    enforcement: hrd", 3, "is one of: hard, soft", "`hard`"),
        ("checks: 3", 1, "named fields are needed", ""),
        ("rules:\n  Bad Name: {}", 2, "not of the expected form", ""),
        (f"rules:\n  a-rule:\n{RULE}    require: proposal.adaptr == 'x'", 8, "column 9: the field `adaptr`", "`adapter`"),
        (f"rules:\n  a-rule:\n{RULE}    require: |\n      true &&\n      proposal.adaptr == 'x'", 10, "`adaptr`", "`adapter`"),
        (f"rules:\n  a-rule:\n{RULE}    require: true && 'x'", 8, "does not go with", ""),
        (f"rules:\n  a-rule:\n{RULE}    require: yes", 8, "`yes` is not known", ""),
        (f"rules:\n  a-rule:\n{RULE}    require: true", 8, "a text is needed", ""),
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
        ("rules:\n  a-rule:\n    item: house", 2, "is required", "Add"),
        (f"rules:\n  a-rule:\n{RULE}    titel: x\n    require: 'true'", 8, "`titel` is not known", "`title`"),
        (f'rules:\n  a-rule:\n{RULE}    require: "\\uD800"', 8, "unicode", "Correct"),
    ],
    ids=[
        "empty", "list", "twice", "version", "key", "type", "check", "setting", "source", "enforcement", "checks", "name",
        "expression", "block", "operand", "word", "boolean", "word-of-a-field", "word-in-a-list", "check-of-a-finding", "outcome", "at", "taken", "form", "required", "part", "surrogate",
    ],
)  # fmt: skip
def test_a_problem_stands_at_its_line(text: str, line: int, message: str, fix: str) -> None:
    found = told(text)
    assert any(at == line and message in said and fix in cure for at, said, cure in found), found


def test_every_problem_is_told_at_once() -> None:
    text = f"shadw: 1\nchecks:\n  enough-example: {{}}\nrules:\n  a-rule:\n{RULE}    require: foo\n  other: {{item: house}}\n"
    assert {line for line, _, _ in told(text)} == {1, 3, 11, 12}


def test_a_policy_whose_rule_does_not_fit_is_not_loaded() -> None:
    text = f"rules:\n  a-rule:\n{RULE}    require: proposal.adaptr == 'x'\n"
    with pytest.raises(BadPolicy, match=r"line 8: .*`adaptr`.*Did you mean `adapter`"):
        read([layer(), text.encode()])


def test_a_policy_has_at_most_a_hundred_rules() -> None:
    rules = "".join(f"  rule-{n}:\n{RULE}    require: 'true'\n" for n in range(101))
    assert "100" in told(f"rules:\n{rules}")[0][1]
