"""Does the reader of promptfoo's results keep runs, sums, errors and assertions apart?"""

from typing import Any

import pytest

from bot.readiness.eval_report import EvalReport
from bot.readiness.fact import Trouble
from bot.sources import evals
from bot.sources.evals.items import Wanted
from bot.sources.normalise import key
from tests.sources.corpus import CORPUS, expected
from tests.sources.evals.made import EQUALS, Json, data, graded, metric, one, promptfoo, refused, runs

NAME = "promptfoo/made_two_providers_n30.json"
EXACT = Wanted(name="exact")


def test_a_real_file_says_what_is_known_of_it() -> None:
    facts = expected("evals")[NAME]
    found = runs((CORPUS / "evals" / NAME).read_bytes())
    assert list(found) == [subject["label"] for subject in facts["subjects"]]
    for subject in facts["subjects"]:
        report = found[subject["label"]]
        assert (report.format, report.tool_version) == (facts["format"], facts["tool_version"])
        assert (report.status, report.started_at, report.adapter) == (facts["status"], facts["started_at"], None)
        assert report.model is None  # both share one script: its label is no model
        assert report.warnings == ()
        assert [m.name for m in report.metrics] == [m["metric"] for m in subject["metrics"]]
        for known in subject["metrics"]:
            read = metric(report, known["metric"])
            assert read.value == pytest.approx(known["value"])
            assert read.recomputed == pytest.approx(known["recomputed_from_rows"])
            assert read.n == known["n_scored"]
            assert read.direction is None
            assert len(read.items) == subject["n_rows"]
            assert len({i.key for i in read.items}) == subject["distinct_vars"]
            assert not any(i.contradicts or i.errored for i in read.items)


def test_both_runs_are_of_the_same_items_and_no_prompt_tells_them_apart() -> None:
    first, second = runs((CORPUS / "evals" / NAME).read_bytes()).values()
    assert [i.key for i in first.metrics[0].items] == [i.key for i in second.metrics[0].items]


def test_an_item_is_known_by_what_is_asked_and_expected_as_in_other_formats() -> None:
    read = metric(one(promptfoo([graded(1, "4")])), "exact")
    assert read.items[0].key == key("What is case 1?", "4")


@pytest.mark.parametrize(
    "asserts",
    [
        ({"type": "equals", "value": "4"},),
        ({"type": "icontains", "value": "{{answer}}"},),
        ({"type": "llm-rubric", "value": "is polite"},),
        (),
    ],
)
def test_the_expected_answer_is_found_however_it_is_asserted(asserts: tuple[Json, ...]) -> None:
    rows = [graded(1, "4", asserts=asserts), graded(2, "5", answer="5", asserts=asserts)]
    assert metric(one(promptfoo(rows)), "pass").items[0].key == key("What is case 1?", "4")


def test_a_demand_on_form_is_no_expected_answer() -> None:
    rows = [graded(n, "ok", answer=f"a{n}", asserts=({"type": "contains", "value": "{"},)) for n in (1, 2)]
    for row in rows:
        del row["vars"]["answer"]
    assert metric(one(promptfoo(rows)), "pass").items[0].key == key("What is case 1?", "")


def test_a_test_without_variables_is_known_by_its_description_or_place() -> None:
    rows = [graded(n, "4", asserts=()) for n in (1, 2)]
    for row in rows:
        row["vars"] = row["testCase"]["vars"] = {"_private": "x", "sessionId": "random"}
    rows[0]["testCase"]["description"] = "the first"
    found = metric(one(promptfoo(rows)), "pass").items
    assert [i.key for i in found] == [key("the first", ""), key("2", "")]


def test_a_weighted_sum_is_divided_by_its_weights() -> None:
    rows = [
        graded(1, "4", scores={"exact": 1, "form": 1}, weights={"exact": 1, "form": 0.5}),
        graded(2, "5", scores={"exact": 0, "form": 0}, weights={"exact": 1, "form": 0.5}),
        graded(3, "6", scores={"exact": 0, "form": 1}, weights={"exact": 1, "form": 0.5}),
    ]
    report = one(promptfoo(rows))
    form = metric(report, "form")
    assert (form.value, form.recomputed, form.n) == (pytest.approx(2 / 3), pytest.approx(2 / 3), 3)
    assert metric(report, "exact").value == pytest.approx(1 / 3)


def test_several_assertions_of_one_metric_count_as_one_row_each() -> None:
    two = ({"type": "regex", "value": "^a", "metric": "m"}, {"type": "regex", "value": "b$", "metric": "m"})
    rows = [graded(n, "ab", asserts=two, scores={"m": 0.5}, weights={"m": 2}) for n in (1, 2)]
    document = promptfoo(rows)
    assert document["results"]["prompts"][0]["metrics"]["namedScoresCount"] == {"m": 4}
    read = metric(one(document), "m")
    assert (read.value, read.recomputed, read.n) == (0.5, 0.5, 2)
    document["results"]["prompts"][0]["metrics"]["namedScoresCount"] = {"m": 400}
    assert metric(one(document), "m").n == 400  # what it states, for the rows to contradict


def test_versions_without_weights_divide_by_counts() -> None:
    document = promptfoo([graded(1, "4"), graded(2, "5")])
    del document["results"]["prompts"][0]["metrics"]["namedScoreWeights"]
    for row in document["results"]["results"]:
        del row["gradingResult"]["namedScoreWeights"]
    read = metric(one(document), "exact")
    assert (read.value, read.recomputed, read.n) == (0.5, 0.5, 2)
    del document["results"]["prompts"][0]["metrics"]["namedScoresCount"]
    assert metric(one(document), "exact").value == 0.5


def test_a_derived_metric_is_no_sum_and_has_no_rows() -> None:
    document = promptfoo([graded(1, "4"), graded(2, None)])
    document["results"]["prompts"][0]["metrics"]["namedScores"]["f_score"] = 0.75
    read = metric(one(document), "f_score")
    assert (read.value, read.n, read.recomputed, read.items) == (0.75, None, None, ())


@pytest.mark.parametrize(
    ("divisor", "value"), [(0, None), (-1, None), (1e-300, None), ("30", 1e99), (None, 1e99), ([], 1e99)]
)
def test_a_divisor_that_is_none_gives_no_value_and_without_one_the_rows_are_counted(
    divisor: Any, value: float | None
) -> None:
    document = promptfoo([graded(1, "4")])
    stated = document["results"]["prompts"][0]["metrics"]
    stated["namedScores"]["exact"] = 1e99
    stated["namedScoreWeights"]["exact"] = stated["namedScoresCount"]["exact"] = divisor
    read = metric(one(document), "exact")
    assert (read.value, read.recomputed) == (value, 1.0)


def test_errors_are_failures_of_the_pass_rate_and_missing_from_named_metrics() -> None:
    rows = [graded(1, "4"), graded(2, "5"), graded(3, None), graded(4, None)]
    report = one(promptfoo(rows), wanted=EXACT)
    rate, exact = metric(report, "pass"), metric(report, "exact")
    assert (rate.value, rate.recomputed, rate.n) == (0.25, 0.25, 2)
    assert (exact.value, exact.recomputed, exact.n) == (0.5, 0.5, 2)
    assert [(i.score, i.errored) for i in exact.items] == [(1.0, False), (0.0, False), (None, True), (None, True)]
    assert report.warnings == (
        "2 of 4 rows errored, and promptfoo leaves them out of `exact`: with errors as failures it is 0.25, not 0.5",
    )
    assert one(promptfoo(rows), wanted=Wanted(name="pass")).warnings == ()


def test_a_run_in_which_every_row_errored_ended_with_an_error() -> None:
    assert one(promptfoo([graded(1, None), graded(2, None)])).status == "error"


def test_an_edited_sum_is_not_what_the_rows_give() -> None:
    document = promptfoo([graded(1, "4"), graded(2, "5")])
    document["results"]["prompts"][0]["metrics"]["namedScores"]["exact"] = 2
    document["results"]["prompts"][0]["metrics"]["testPassCount"] = 2
    report = one(document)
    assert (metric(report, "exact").value, metric(report, "exact").recomputed) == (1.0, 0.5)
    assert metric(report, "pass").value != metric(report, "pass").recomputed


@pytest.mark.parametrize(
    ("assertion", "output", "score", "contradicts", "kind"),
    [
        (EQUALS, "4", 0, True, "text"),
        (EQUALS, "4", 1, False, "text"),
        (EQUALS, "5", 1, True, "number"),
        ({"type": "not-equals", "value": "4"}, "4", 1, True, "text"),
        ({"type": "regex", "value": r"^-?\d+$"}, "12", 0, True, "regex"),
        ({"type": "regex", "value": r"^-?\d+$"}, "twelve", 1, True, "regex"),
        ({"type": "regex", "value": r"^-?\d+$"}, "12", 1, False, "regex"),
        ({"type": "is-json"}, '{"a": 1}', 0, True, "json"),
        ({"type": "is-json"}, "{a}", 1, True, "json"),
        ({"type": "is-json", "value": {"type": "object"}}, "{a}", 1, False, None),
        ({"type": "regex", "value": "(a+)+$"}, "b", 1, False, None),
        ({"type": "llm-rubric", "value": "4"}, "4", 0, False, None),
        ({"type": "javascript", "value": "output === '4'"}, "4", 0, False, None),
        (EQUALS | {"transform": "output.trim()"}, "5", 1, False, None),
        (EQUALS | {"weight": 0}, "5", 1, False, None),
    ],
)
def test_a_score_that_its_assertion_contradicts_is_found(
    assertion: Json, output: str, score: int, contradicts: bool, kind: str | None
) -> None:
    asserts = ({"metric": "m"} | assertion | {"metric": "m"},)
    read = metric(one(promptfoo([graded(1, output, asserts=asserts, scores={"m": score})])), "m")
    assert read.items[0].contradicts is contradicts
    assert read.rescored == kind


def test_success_means_all_assertions() -> None:
    both = (EQUALS, {"type": "regex", "value": "^[a-z]$"})
    report = one(promptfoo([graded(1, "4", asserts=both, success=True)]))
    assert metric(report, "pass").items[0].contradicts
    assert not metric(report, "exact").items[0].contradicts


@pytest.mark.parametrize(
    "change", [{"threshold": 0.5}, {"assertScoringFunction": "file://x"}, {"options": {"transform": "x"}}]
)
def test_nothing_is_scored_anew_where_the_team_grades_otherwise(change: Json) -> None:
    row = graded(1, "5", success=True)
    row["testCase"] |= change
    assert not metric(one(promptfoo([row])), "pass").items[0].contradicts


def test_an_answer_that_is_right_but_for_form_is_told() -> None:
    read = metric(one(promptfoo([graded(1, " 4. "), graded(2, "5")])), "exact")
    assert [i.tolerant for i in read.items] == [1.0, None]


@pytest.mark.parametrize(
    ("assertion", "options", "config", "judge"),
    [
        ({"type": "llm-rubric", "provider": "openai:o4"}, {}, {}, "openai:o4"),
        ({"type": "not-llm-rubric", "provider": {"id": "openai:o4"}}, {}, {}, "openai:o4"),
        ({"type": "factuality"}, {"provider": {"text": {"id": "anthropic:x"}}}, {}, "anthropic:x"),
        ({"type": "g-eval"}, {}, {"defaultTest": {"options": {"provider": "google:g"}}}, "google:g"),
        ({"type": "llm-rubric"}, {}, {}, "promptfoo's default grader"),
        ({"type": "llm-rubric", "provider": "file://mine.py"}, {}, {}, "a grader of the team's own"),
        ({"type": "equals", "value": "4"}, {"provider": "openai:o4"}, {}, None),
    ],
)
def test_the_judge_is_named(assertion: Json, options: Json, config: Json, judge: str | None) -> None:
    row = graded(1, "4", asserts=(assertion | {"metric": "quality"},), scores={"quality": 1})
    row["testCase"]["options"] = options
    document = promptfoo([row], config=config)
    assert one(document).judge == judge
    assert one(document, wanted=Wanted(name="quality")).judge == judge
    assert one(document, wanted=EXACT).judge is None  # it judged another metric


def test_the_same_grading_has_the_same_digest_whatever_a_test_expects() -> None:
    one_run, same = (promptfoo([graded(n, "4", asserts=({"type": "equals", "value": str(n)},))]) for n in (1, 2))
    other = promptfoo([graded(1, "4", asserts=({"type": "icontains", "value": "1"},))])
    assert one(one_run).scorer == one(same).scorer != one(other).scorer
    assert one(promptfoo([graded(1, "4", asserts=())])).scorer is None


@pytest.mark.parametrize(
    ("provider", "model", "mock"),
    [
        ("openai:chat:gpt-4.1", "openai:chat:gpt-4.1", False),
        ("file://provider.js", None, False),
        ("https://models.example", None, False),
        ("python:own.py", None, False),
        ("echo", None, True),
    ],
)
def test_a_provider_names_a_model_or_none(provider: str, model: str | None, mock: bool) -> None:
    report = one(promptfoo([graded(1, "4", provider={"id": provider, "label": "tuned"})]))
    assert (report.run, report.model, report.mock) == ("tuned", model, mock)


def test_runs_whose_label_repeats_are_told_apart_by_their_prompt() -> None:
    rows = [graded(1, "4", prompt=n, provider={"id": "x:y", "label": "same"}) for n in range(4)]
    document = promptfoo(rows)
    for n, label in enumerate(("short", "long `x`\nlines", "short", "")):
        document["results"]["prompts"][n]["label"] = label
    assert list(runs(document)) == ["same / short", "same / long ?x??lines", "same / short (2)", "same"]


def test_times_are_read() -> None:
    report = one(promptfoo([graded(1, "4")]))
    assert (report.started_at, report.finished_at) == ("2026-11-22T12:53:06+00:00", "2026-11-22T12:54:08+00:00")


def test_the_run_that_is_named_is_read_and_else_those_that_there_are_are_listed() -> None:
    artifact = (CORPUS / "evals" / NAME).read_bytes()
    report = evals.read(artifact, None, "tuned-adapter", EXACT)
    assert isinstance(report, EvalReport)
    assert (report.run, metric(report, "exact").value) == ("tuned-adapter", pytest.approx(0.8))
    for run, why in ((None, "it does not say which is meant"), ("tuned", "none of them is `tuned`")):
        fact = refused(artifact, run=run)
        assert fact.reason == f"The file holds 2 runs, and {why}: `prompt+rag-baseline`, `tuned-adapter`."
        assert fact.fix == "Name one of them as `run`."


def test_a_run_that_need_not_be_named_is_remarked() -> None:
    report = evals.read(data(promptfoo([graded(1, "4")])), None, "x")
    assert isinstance(report, EvalReport)
    assert report.warnings == ("`run: x` is not needed: the file of promptfoo holds one run, `label-0`",)


@pytest.mark.parametrize(
    ("results", "reason"),
    [
        ({"table": {}, "results": [], "stats": {}}, "is of results version 2; version 3 is read"),
        ({"version": 2, "table": {}, "stats": {}}, "is of results version 2; version 3 is read"),
        ({"version": 4, "results": [], "stats": {}}, "is of version 4; results version 3 is read"),
        ({"version": "3", "results": [], "stats": {}}, "is of a version that it does not say"),
        ({"version": 3, "results": [], "stats": {}}, "has no list of `prompts`"),
        ({"version": 3, "prompts": [[]], "results": [], "stats": {}}, "has no list of `prompts`"),
        ({"version": 3, "prompts": [{}], "results": [[]], "stats": {}}, "Result 0 of the artifact is no result"),
        ({"version": 3, "prompts": [{}], "results": [{"promptIdx": True}], "stats": {}}, "Result 0 of the artifact"),
        ({"version": 3, "prompts": [{}], "results": [{"promptIdx": 7}], "stats": {}}, "are of prompt 7"),
        ({"version": 3, "prompts": [{}] * 101, "results": [], "stats": {}}, "holds 101 runs"),
    ],
)
def test_what_is_no_readable_result_is_said(results: Json, reason: str) -> None:
    fact = refused({"results": results})
    assert fact.trouble is Trouble.DEFINITIVE
    assert reason in fact.reason


def test_rows_beside_the_file_are_not_needed() -> None:
    assert "holds its rows itself" in refused(promptfoo([graded(1, "4")]), b"{}").reason
