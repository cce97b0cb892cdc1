"""What do a model card and a file of `.eval_results` claim, and what is a trap in their YAML?"""

from typing import Any

import pytest

from bot.readiness.eval_report import EvalReport
from bot.readiness.fact import Unavailable
from bot.sources import evals
from tests.sources.evals import made

CARD = """---
license: mit
model-index:
- name: {name}
  results:
  - task: {{type: text-generation}}
    dataset: {{name: Tickets, type: acme/tickets, config: en, split: test}}
    metrics:
    - {{type: exact_match, value: {value}, name: Exact match}}
---

# A card

---
text
"""
RESULTS = """# ours
- dataset:
    id: acme/tickets
    task_id: default
    revision: 5503434ddd753f426f4b38109466949a1217c2bb
  value: 71.5
  date: "2026-11-22T12:00:00Z"
  source: {url: "https://example.org/log", name: Logs}
"""


def card(value: Any = 0.715, name: str = "lora", more: str = "") -> bytes:
    return CARD.format(name=name, value=value).replace("license: mit\n", "license: mit\n" + more).encode()


def read(artifact: bytes, run: str | None = None) -> EvalReport:
    report = evals.read(artifact, None, run)
    assert isinstance(report, EvalReport), report
    assert report.claims_only
    assert not report.has_rows
    return report


def test_a_card_is_a_claim() -> None:
    report = read(card())
    assert (report.format, report.status, report.run, report.model) == (
        "Hugging Face model card", "unknown", "lora", "lora",
    )  # fmt: skip
    (metric,) = report.metrics
    assert (metric.task, metric.name, metric.variant) == ("acme/tickets", "exact_match", "en test")
    assert (metric.value, metric.n, metric.direction, report.started_at) == (0.715, None, None, None)
    assert metric.pointer == "/model-index/0/results/0/metrics/0/value"


@pytest.mark.parametrize(("value", "shown"), [(0.715, "0.715"), (71.5, "71.5"), ('"71.5"', "71.5")])
def test_a_value_is_taken_as_written_and_said_to_be_unclear(value: Any, shown: str) -> None:
    report = read(card(value))
    assert report.metrics[0].value == float(shown)
    assert (
        f"it does not say whether {shown} of `exact_match` is a percentage or a share; it is taken as it is written"
        in report.warnings
    )


def test_shares_beside_percentages_are_told_with_both() -> None:
    both = card(more="").replace(b", name: Exact match}", b"}\n    - {type: acc, value: 71.5}")
    assert read(both).warnings[-1] == (
        "percentages or shares? 71.5 of `acc` stands beside 0.715 of `exact_match`; both are taken as they are written"
    )


@pytest.mark.parametrize(
    "value", ["71.5 %", '"71.5%"', "0.7 +/- 0.1", "true", "[1, 2]", "{a: 1}", "null", ".nan", "1e999"]
)
def test_what_is_no_number_is_none(value: str) -> None:
    report = read(card(value))
    assert report.metrics[0].value is None
    assert report.warnings[-1] == "1 of its values are no numbers"


def test_the_base_model_is_the_model_where_there_is_one() -> None:
    assert read(card(more="base_model: acme/base\n")).model == "acme/base"
    assert read(card(more="base_model: [acme/base]\n")).model == "acme/base"
    assert read(card(more="base_model: [acme/a, acme/b]\n")).model == "lora"


def test_each_model_of_a_card_is_a_run() -> None:
    second = b"- name: other\n  results: []\n---\n\n#"
    artifact = card().replace(b"---\n\n#", second, 1)
    assert read(artifact, "lora").metrics
    assert read(artifact, "other").status == "error"
    assert "holds 2 runs" in made.refused(artifact).reason


def test_claims_of_one_name_are_told_apart() -> None:
    again = (
        "}\n    - {type: exact_match, value: 0.5, name: Strict}\n    - {type: exact_match, value: 0.4, name: Strict}"
    )
    report = read(card().replace(b"}\n---", again.encode() + b"\n---"))
    assert [metric.variant for metric in report.metrics] == [
        "en test Exact match",
        "en test Strict",
        "en test Strict (2)",
    ]


@pytest.mark.parametrize("change", [lambda raw: raw.replace(b"\n", b"\r\n"), lambda raw: b"\xef\xbb\xbf" + raw])
def test_line_ends_and_a_byte_order_mark_change_nothing(change: Any) -> None:
    assert read(change(card())) == read(card())
    assert read(change(RESULTS.encode())) == read(RESULTS.encode())


def test_a_long_text_below_the_front_matter_is_not_looked_at() -> None:
    assert read(card() + b"| a | b |\n" * 100_000) == read(card())


def test_eval_results_are_a_claim() -> None:
    report = read(RESULTS.encode())
    assert (report.format, report.started_at, report.run) == (
        "Hugging Face .eval_results", "2026-11-22T12:00:00+00:00", None,
    )  # fmt: skip
    (metric,) = report.metrics
    assert (metric.task, metric.name, metric.variant, metric.value) == ("acme/tickets", None, "default", 71.5)
    assert metric.pointer == "/0/value"


def test_the_draft_with_configuration_and_split_is_read_as_well() -> None:
    draft = RESULTS.replace("task_id: default", "config: en\n    split: test")
    assert [metric.variant for metric in read(draft.encode()).metrics] == ["en test"]


def test_the_same_as_json_is_read_also_as_the_hub_answers_it() -> None:
    entry = {"dataset": {"id": "acme/tickets", "task_id": "default"}, "value": 71.5}
    plain, wrapped = made.one([entry]), made.one([{"data": entry, "pullRequest": 3}])
    assert plain.claims_only
    assert [metric.pointer for metric in (*plain.metrics, *wrapped.metrics)] == ["/0/value", "/0/data/value"]


def test_only_where_every_entry_has_a_date_the_oldest_counts() -> None:
    older = RESULTS.replace("2026-11-22", "2025-01-01").replace("default", "hard")
    assert read((RESULTS + older).encode()).started_at == "2025-01-01T12:00:00+00:00"
    undated = "\n".join(line for line in older.splitlines() if "date:" not in line)
    assert read((RESULTS + undated).encode()).started_at is None


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{after}: &{after} [{', '.join([f'*{before}'] * 10)}]\n"
    for before, after in zip("abcdefg", "bcdefgh", strict=True)
)


@pytest.mark.parametrize(
    ("artifact", "reason"),
    [
        (card(more=BOMB), "More than 5,000 values in one file."),
        (card(more="x: &x [*x]\n"), "This alias contains itself."),
        (card(more="x: " + "*x, " * 3 + "\n"), "The front matter of the model card cannot be read: line 3: "),
        (card(more="x: " + "[" * 30 + "]" * 30 + "\n"), "Nested deeper than 20 levels."),
        (card(more="license: mit\n"), "The key `license` stands twice"),
        (card(more="x: !!python/object/apply:os.system [ls]\n"), "The tag"),
        (card(more="x: " + "y" * 300_000 + "\n"), "262,144 is the most"),
        (b"---\nlicense: mit\n---\n# A card\n", "a model card without results"),
        (b"---\nmodel-index: {}\n---\n", "a model card without results"),
        (b"- dataset: {id: a}\n- value: 3\n", "Entry 1 of the artifact has no"),
        (b"- dataset: [1]\n  value: 3\n", "Entry 1 of the artifact has no"),
        (b"- dataset: {id: a, id: b}\n  value: 3\n", "The key `id` stands twice"),
        (b"- value: 3\n  dataset: {id: \"\xff\"}\n", "not valid UTF-8"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said(artifact: bytes, reason: str) -> None:
    assert reason in made.refused(artifact).reason


@pytest.mark.parametrize(
    "artifact", [b"---\n", b"---\ntext\n---\n", b"- a\n- b\n", b"dataset: x\n", b"# Title\n- dataset\n"]
)
def test_other_texts_are_no_card(artifact: bytes) -> None:
    assert made.refused(artifact).reason.startswith("The artifact is no JSON")


def test_rows_beside_a_claim_are_refused() -> None:
    for artifact in (card(), RESULTS.encode()):
        fact = evals.read(artifact, b'{"input": "a", "score": 1}\n')
        assert isinstance(fact, Unavailable)
        assert "numbers that somebody wrote down" in fact.reason


def test_too_many_claims_are_refused() -> None:
    entries = [{"dataset": {"id": "a", "task_id": str(n)}, "value": 1} for n in range(1001)]
    assert "more than 1,000 metrics" in made.refused(entries).reason
