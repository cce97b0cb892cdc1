"""Which values, metrics and groups of an Inspect log count, and which would make a wrong number of it?"""

from typing import Any

import pytest

from bot.readiness.eval_report import EvalMetric
from bot.sources.evals import inspect_log
from bot.sources.evals.items import Wanted
from tests.sources.evals import made
from tests.sources.evals.inspect_made import (
    FOUR,
    Json,
    data,
    errored,
    log,
    packed,
    sample,
    score,
)


def metric(document: Json) -> EvalMetric:
    (found,) = made.one(document).metrics
    return found


def test_errored_samples_are_errored_rows() -> None:
    report = made.one(log(score(0.5, 4), samples=[*FOUR, errored(4), errored(5)]))
    (found,) = report.metrics
    assert [item.errored for item in found.items] == [False] * 4 + [True] * 2
    assert (found.n, found.recomputed) == (4, 0.5)
    assert report.warnings == ("2 of 6 samples errored and have no score of `accuracy`",)


def test_an_error_counts_though_the_sample_was_scored() -> None:
    samples = [*FOUR, sample(4, "I", error="boom"), errored(5)]
    found = metric(log(score(0.4, 5), samples=samples))
    assert [item.errored for item in found.items] == [False] * 4 + [True] * 2
    assert found.items[4].score is None
    assert (found.recomputed, found.n) == (
        pytest.approx(0.4),
        4,
    )  # the tool counts it, and we count no errors as scored


def test_a_sample_that_was_never_completed_errored() -> None:
    assert metric(log(samples=[*FOUR, sample(4, scores={}, completed=False)])).items[4].errored


def test_an_error_is_an_object_in_json_logs() -> None:
    assert metric(log(samples=[*FOUR, errored(4) | {"error": {"message": "boom"}}])).items[4].errored


@pytest.mark.parametrize("write", [data, packed])
def test_what_was_not_scored_stands_as_nan_and_has_no_score(write: Any) -> None:
    samples = [*FOUR, sample(4, float("nan"))]
    report = made.one(write(log(score(0.5, 4), score(float("nan"), 0, name="other"), samples=samples)))
    found, other = report.metrics
    assert (found.recomputed, found.n, other.value) == (0.5, 4, None)
    assert (found.items[4].score, found.items[4].errored) == (None, False)
    assert "no sample holds a score of `other`" in report.warnings


def test_only_a_log_of_inspect_may_hold_nan_and_only_outside_of_texts() -> None:
    assert inspect_log.mended(b'{"metrics": NaN}') is None
    assert inspect_log.mended(b'{"status": "NaN"}') is None
    mended = inspect_log.mended(b'{"status": "NaN \\" NaN", "eval": [NaN, -Infinity, Infinity, 1]}')
    assert mended == b'{"status": "NaN \\" NaN", "eval": [null, null, null, 1]}'
    assert "holds NaN" in made.refused(b'{"metrics": NaN}').reason
    assert made.refused(b'{"status": "x", "eval": NaN').reason.startswith("The artifact is no JSON")


def test_texts_that_never_end_are_stepped_over_at_once() -> None:
    for tail in (b'"\\' * 200_000, b'"' + b'\\"' * 200_000, b'"' + b'\\"' * 200_000 + b"\\"):
        raw = b'{"status": NaN, "eval": ' + tail
        assert inspect_log.mended(raw) == raw.replace(b"NaN", b"null")


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("C", 1), ("P", 0.5), ("I", 0), ("N", 0), (1, 1), (0.25, 0.25), (True, 1), (False, 0), ("yes", 1), ("False", 0),
        ("0.75", 0.75), ("-2", -2),
    ],
)  # fmt: skip
def test_letters_and_numbers_count_as_the_tool_counts_them(value: Any, number: float) -> None:
    found = metric(log(score(number, 1, name="own"), samples=[sample(0, value, scorer="own")]))
    assert (found.items[0].score, found.recomputed) == (number, number)


@pytest.mark.parametrize("value", ["maybe", "c", "nan", "inf", "1e999", "x" * 100])
def test_what_the_tool_cannot_read_it_counts_as_zero_and_we_as_no_score(value: str) -> None:
    report = made.one(
        log(score(0.5, 2, name="own"), samples=[sample(0, 1, scorer="own"), sample(1, value, scorer="own")])
    )
    (found,) = report.metrics
    assert [item.score for item in found.items] == [1.0, None]
    assert found.recomputed == 0.5
    assert "no single number" in report.warnings[0]


@pytest.mark.parametrize("value", [[1, 0], {"a": 1, "b": 0}])
def test_lists_and_objects_are_no_single_number(value: Any) -> None:
    found = metric(log(score(0.0, 1, name="own"), samples=[sample(0, value, scorer="own")]))
    assert (found.items[0].score, found.recomputed) == (None, None)


def test_each_key_of_an_object_is_a_metric_of_its_own() -> None:
    samples = [sample(n, {"tone": n, "facts": "C"}, scorer="rubric") for n in range(3)]
    entries = [
        score(value, 3, name=name, metric="mean") | {"scorer": "rubric"} for name, value in (("tone", 1), ("facts", 1))
    ]
    tone, facts = made.one(log(*entries, samples=samples)).metrics
    assert (tone.variant, tone.recomputed, [item.score for item in tone.items]) == ("tone", 1.0, [0, 1, 2])
    assert (facts.variant, facts.recomputed) == ("facts", 1.0)


@pytest.mark.parametrize(
    "name", ["stderr", "std", "var", "bootstrap_stderr", "stderr1", "inspect_ai/stderr", "ci_lower", "ci_95"]
)
def test_measures_of_spread_are_no_results(name: str) -> None:
    entry = score(0.5, 4)
    entry["metrics"][name] = {"name": name, "value": 0.03, "params": {}}
    assert metric(log(entry)).name == "accuracy"


def test_several_scorers_are_told_apart_and_only_the_wanted_ones_rows_are_kept() -> None:
    samples = [one | {"scores": one["scores"] | {"includes": one["scores"]["match"]}} for one in FOUR]
    document = log(score(0.5, 4), score(0.5, 4, name="includes"), samples=samples)
    assert [found.variant for found in made.one(document).metrics] == ["match", "includes"]
    found = made.one(document, wanted=Wanted("tickets", "accuracy", "includes")).metrics
    assert [len(one.items) for one in found] == [0, 4]


@pytest.mark.parametrize("key", ["match1", "match2"])
def test_a_second_scorer_of_a_kind_has_a_number(key: str) -> None:
    samples = [one | {"scores": {key: one["scores"]["match"]}} for one in FOUR]
    for scorer in (key, "match"):
        found = metric(log(score(0.5, 4, name=key) | {"scorer": scorer}, samples=samples))
        assert (found.variant, found.recomputed, found.rescored) == (key, 0.5, "text")


@pytest.mark.parametrize(
    ("own", "recomputed"), [({"params": {"to_float": "mine"}}, None), ({"name": "acme/accuracy"}, None), ({}, 0.5)]
)
def test_a_metric_of_the_teams_own_is_recomputed_only_where_rows_average_to_it(
    own: Json, recomputed: float | None
) -> None:
    entry = score(0.7, 4)
    entry["metrics"]["accuracy"] |= own
    assert metric(log(entry)).recomputed == recomputed
    entry["metrics"]["accuracy"]["value"] = 0.5
    assert metric(log(entry)).recomputed == 0.5


def test_a_metric_registered_without_the_tools_package_is_the_teams_own() -> None:
    for name, recomputed in (("accuracy", None), ("inspect_ai/accuracy", 0.5)):
        for metrics in ([{"name": name}], {"*": [{"name": name}]}, [{"key": [{"name": name}]}]):
            about = {"scorers": [{"name": "match", "metrics": metrics}]}
            assert metric(log(score(0.7, 4), about=about)).recomputed == recomputed


def grouped(label: str, value: float, **params: Any) -> Json:
    return {"name": label, "group": "grouped", "value": value,
            "params": {"metric": "inspect_ai/accuracy", "group_key": "language"} | params}  # fmt: skip


@pytest.mark.parametrize("named", [True, False])
def test_grouped_metrics_are_of_their_groups_samples(named: bool) -> None:
    entry = score(0.5, 4)
    entry["metrics"] = {"de": grouped("de", 1.0), "en": grouped("en", 0.0), "all": grouped("all", 0.5)}
    if not named:  # as older versions write them
        for one in entry["metrics"].values():
            del one["group"]
    german, english, every = made.one(log(entry)).metrics
    assert (german.name, german.n, german.recomputed, len(german.items)) == ("de", 2, 1.0, 2)
    assert (english.name, english.n, english.recomputed, len(english.items)) == ("en", 2, 0.0, 2)
    assert (every.name, every.n, every.recomputed, len(every.items)) == ("all", 4, 0.5, 4)
    assert [one.n for one in made.one(log(entry, samples=[], rows=4)).metrics] == [None, None, 4]


def test_grouped_metrics_may_have_other_labels_and_be_of_spread() -> None:
    entry = score(0.5, 4)
    entry["metrics"] = {
        "lang_de": grouped("lang_de", 1.0, name_template="lang_{group_name}", all_label="overall"),
        "overall": grouped("overall", 0.5, all_label="overall", all="groups"),
        "de1": grouped("de", 0.1, metric="inspect_ai/stderr"),
        "de2": grouped("de", 0.1, metric={"name": "std"}),
    }
    german, every = made.one(log(entry)).metrics
    assert (german.name, german.n, german.recomputed) == ("lang_de", 2, 1.0)
    assert (every.name, every.n, every.recomputed) == ("overall", 4, 0.5)


def test_a_mean_of_groups_is_no_mean_of_samples() -> None:
    samples = [*FOUR, sample(5, "C")]
    entry = score(0.5, 5)
    entry["metrics"] = {"all": grouped("all", 2 / 3, all="groups")}
    assert metric(log(entry, samples=samples)).recomputed is None


def test_other_metrics_of_several_values_have_no_rows() -> None:
    entry = score(0.5, 4)
    entry["metrics"] = {"C": {"name": "C", "group": "frequency", "value": 2, "params": {}}}
    found = metric(log(entry))
    assert (found.n, found.items, found.recomputed) == (None, (), None)
