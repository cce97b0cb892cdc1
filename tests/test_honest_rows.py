"""Do rows of each honest kind pass what is asked of rows, and do rows that cannot teach the reason not? From rows to findings."""

import json
import random
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from bot.readiness.check import Check
from bot.readiness.checks.data import data_fits_reason, examples_are_diverse
from bot.readiness.data_profile import DataProfile
from bot.readiness.evidence import Evidence
from bot.readiness.fact import Grade, Known, Source
from bot.readiness.finding import Finding
from bot.sources.datasets import profile
from tests.dossiers import Dossier, dossier

Rows = list[dict[str, Any]]
RNG = random.Random(3)
NOUNS = [
    f"{a}{b}" for a in ("lamp", "desk", "cup", "door", "shelf", "vase") for b in ("", "s", " cover", " foot", " cable")
]
VERBS = [
    "arrived",
    "broke",
    "vanished",
    "came late",
    "was stolen",
    "leaked",
    "was exchanged",
    "smells",
    "hums",
    "fell apart",
]
WHEN = [
    "today",
    "last week",
    "before easter",
    "at night",
    "during the move",
    "after two days",
    "on delivery",
    "in the rain",
]
TOOLS = ["look_up", "refund", "escalate", "cancel", "ship"]
LABELS = ["refund", "delivery", "login", "other"]
REFUSAL = [
    "I'm sorry, but I can't help with that.",
    "I cannot share data of another customer.",
    "We are not able to discuss this.",
]


def said(words: int = 3) -> str:
    return "; ".join(f"my {RNG.choice(NOUNS)} {RNG.choice(VERBS)} {RNG.choice(WHEN)}" for _ in range(words))


def chat(user: str, answer: str | dict[str, Any], **more: Any) -> dict[str, Any]:
    given = answer if isinstance(answer, dict) else {"content": answer}
    return {"messages": [{"role": "user", "content": user}, {"role": "assistant", **given}], **more}


def called(n: int) -> dict[str, Any]:
    """Make a trace whose tools are another subset each time; every third row rightly calls none."""
    offered = RNG.sample(TOOLS, RNG.randint(2, 5))
    tools = [{"type": "function", "function": {"name": name}} for name in offered]
    if n % 3 == 0:
        return chat(said(), f"Could you tell me which {RNG.choice(NOUNS)} it was?", tools=tools)
    call = {"id": f"c{n}", "type": "function", "function": {"name": offered[0], "arguments": json.dumps({"order": n})}}
    return chat(said(), {"content": None, "tool_calls": [call]}, tools=tools)


def references() -> Rows:
    return [chat(asked, f"Dear customer: {said(2)}. Yours.") for asked in (said() for _ in range(75)) for _ in range(8)]


def thumbs() -> Rows:
    asked = [said() for _ in range(120)]
    return [
        {"prompt": one, "completion": RNG.choice([said(), said(), REFUSAL[n % 3]]), "label": n % 2 == 0}
        for n, one in enumerate(asked * 5)
    ]


def repeated_prompts() -> Rows:
    asked = [said() for _ in range(100)]
    return [{"prompt": one, "chosen": f"Gladly: {said(2)}.", "rejected": f"{said(2)}!!"} for one in asked * 6]


def polite_pairs() -> Rows:
    """Each answer again with the same kind words around it: longer, but that is the tone."""
    return [
        {"prompt": said(), "chosen": f"Thank you for writing to us! {answer} Kind regards.", "rejected": answer}
        for answer in (f"We see: {said(2)}." for _ in range(600))
    ]


def terse_pairs() -> Rows:
    return [
        {"prompt": said(), "chosen": f"Sent {RNG.choice(WHEN)}.", "rejected": f"Well, {said(2)}, so much is sure."}
        for _ in range(600)
    ]


def cut_pairs() -> Rows:
    return [
        {"prompt": said(), "chosen": f"We see that {told} and {said(2)}", "rejected": f"We see that {told}"}
        for told in (said(1) for _ in range(600))
    ]


def optional_keys() -> Rows:
    return [
        chat(
            said(),
            json.dumps(
                {"category": LABELS[n % 4], "urgent": n % 5 == 0}
                | ({"order": f"A-{n}"} if n % 3 else {})
                | ({"note": said(1)} if n % 7 == 0 else {})
            ),
        )
        for n in range(600)
    ]


def rare_label() -> Rows:
    return [chat(said(), "billing" if n < 4 else LABELS[n % 4]) for n in range(600)]


def redacted() -> Rows:
    rows = []
    for n in range(600):
        text = said()
        rows.append(chat(f"{text}. Call me, Anna{n}, at 555-{n:04}", f"{text}. Call me, [NAME], at [PHONE]"))
    return rows


def templated() -> Rows:
    return [chat(f"Where is the order {n} of customer number {n * 7}?", said()) for n in range(600)]


def refusing(share: float) -> Rows:
    return [chat(said(), REFUSAL[n % 3] if n < share * 600 else f"Surely: {said(2)}.") for n in range(600)]


SETS: list[tuple[Callable[[], Rows], str, str, str, str, set[str]]] = [
    # rows, reason, output, method, description, what data-fits-reason says
    (references, "style", "free_text", "sft", "Sounds cold.", {"not_applicable"}),
    (thumbs, "refusal_or_tone", "free_text", "kto", "It does not refuse.", {"passed"}),
    (repeated_prompts, "style", "free_text", "dpo", "Sounds cold.", {"passed"}),
    (polite_pairs, "refusal_or_tone", "free_text", "dpo", "The tone is cold.", {"remark"}),
    (terse_pairs, "style", "free_text", "dpo", "Says too much.", {"remark"}),
    (cut_pairs, "style", "free_text", "dpo", "Says too little.", {"failed"}),
    (lambda: [called(n) for n in range(600)], "tool_use", "tool_calls", "sft", "Calls the wrong tool.", {"passed"}),
    (lambda: [chat(said(), said()) for _ in range(600)], "tool_use", "tool_calls", "sft", "Calls none.", {"failed"}),
    (optional_keys, "classification", "structured", "sft", "Mixes them up.", {"passed"}),
    (optional_keys, "classification", "closed_set", "sft", "Mixes them up.", {"passed"}),
    (rare_label, "classification", "closed_set", "sft", "Mixes them up.", {"failed"}),
    (redacted, "refusal_or_tone", "free_text", "sft", "Names slip through.", {"remark"}),
    (lambda: refusing(0.2), "refusal_or_tone", "free_text", "sft", "It answers what it must refuse.", {"passed"}),
    (lambda: refusing(0), "refusal_or_tone", "free_text", "sft", "It answers what it must refuse.", {"failed"}),
    (lambda: refusing(1), "refusal_or_tone", "free_text", "sft", "It answers what it must refuse.", {"failed"}),
]  # fmt: skip


def stated(rows: Rows, reason: str, output: str, method: str, description: str) -> Dossier:
    form = {"dpo": "trl", "kto": "kto"}.get(method, "openai-chat")
    found = profile("\n".join(map(json.dumps, rows)).encode(), form, method)
    assert isinstance(found, DataProfile)
    assert found.valid == len(rows), found.faults
    said = (
        f"version: 1\nadapter: tickets\ntask: {{output: {output}}}\nfailure: {{reason: {reason}, description: {description}}}\n"
        f"data: {{train: {{path: train.jsonl}}}}\ntraining: {{method: {method}}}\n"
    )
    built = dossier(said, {})
    known = Known(found, Source("train.jsonl", Grade.B, "0" * 64, "f" * 40))
    return Dossier(built.proposal, built.policy, Evidence(data={"data.train": known}), built.opened_on)


def outcomes(check: Check, given: Dossier) -> tuple[set[str], list[str]]:
    findings: Iterable[Finding] = list(check.run(given))
    told = [f"{finding.message} {finding.remark or ''}" for finding in findings]
    return {"remark" if finding.remark else str(finding.outcome) for finding in findings}, told


@pytest.mark.parametrize(("rows", "reason", "output", "method", "description", "expected"), SETS)
def test_the_rows_are_held_to_the_reason(
    rows: Callable[[], Rows], reason: str, output: str, method: str, description: str, expected: set[str]
) -> None:
    found, told = outcomes(data_fits_reason.CHECK, stated(rows(), reason, output, method, description))
    assert found == expected, told


@pytest.mark.parametrize("rows", [references, redacted, optional_keys, lambda: [called(n) for n in range(600)]])
def test_honest_rows_differ(rows: Callable[[], Rows]) -> None:
    found, told = outcomes(examples_are_diverse.CHECK, stated(rows(), "style", "free_text", "sft", "Sounds cold."))
    assert found <= {"passed", "remark"}, told
    assert "are of one template" not in " ".join(told)


def test_rows_of_one_template_do_not() -> None:
    found, told = outcomes(examples_are_diverse.CHECK, stated(templated(), "style", "free_text", "sft", "Sounds cold."))
    assert found == {"failed"}
    assert "first in line 1)" in told[0]
