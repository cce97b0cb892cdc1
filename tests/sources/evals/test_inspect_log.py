"""What does a log of Inspect say, and which of its traps would make a wrong number of it?"""

import copy
import json
from typing import Any

import pytest

from bot.readiness.evidence import EvalMetric, EvalReport, Grade, Known, Unavailable
from bot.sources import evals
from bot.sources.evals import inspect_log
from bot.sources.evals.items import Wanted
from tests.sources.evals import made
from tests.sources.evals.inspect_made import (
    FOUR,
    Json,
    Member,
    archive,
    data,
    errored,
    header,
    log,
    packed,
    sample,
    score,
)
from tests.sources.test_gather import Files, gather


def metric(document: Json) -> EvalMetric:
    (found,) = made.one(document).metrics
    return found


def test_both_layouts_say_the_same() -> None:
    document = log()
    plain, report = made.one(document), made.one(packed(document))
    assert plain == report
    assert (report.format, report.tool_version, report.status, report.model) == (
        "Inspect",
        "0.3.285",
        "complete",
        "openai/gpt-4.1",
    )
    assert (report.started_at, report.finished_at) == ("2026-11-22T12:52:40+00:00", "2026-11-22T12:53:44+00:00")
    assert (report.limit, report.mock, report.has_rows, report.judge, report.adapter) == (None, False, True, None, None)
    (found,) = report.metrics
    assert (found.task, found.name, found.variant, found.value, found.n) == ("tickets", "accuracy", "match", 0.5, 4)
    assert (found.recomputed, found.stderr, found.direction, found.rescored) == (0.5, 0.1, None, "text")
    assert found.pointer == "/results/scores/0/metrics/accuracy/value"
    assert [(item.native_id, item.score) for item in found.items] == [("t0", 1), ("t1", 0), ("t2", 1), ("t3", 0)]


@pytest.mark.parametrize("status", ["error", "started", "cancelled"])
@pytest.mark.parametrize("write", [made.data, packed])
def test_a_run_without_results_has_no_metric(status: str, write: Any) -> None:
    report = made.one(write(log(status=status, results=None)))
    assert report.status == ("error" if status == "error" else "partial")
    assert report.metrics == ()


def test_the_size_of_the_data_set_is_never_n() -> None:
    assert metric(log()).n == 4
    assert metric(log(score(0.5, None))).n == 4
    without = log(score(0.5, None))
    del without["results"]["completed_samples"]
    assert metric(without).n is None


@pytest.mark.parametrize("version", [None, 2])
def test_a_log_need_not_say_its_version(version: int | None) -> None:
    assert made.one(log(version=version)).warnings == ()
    assert "version 3" in made.one(log(version=3)).warnings[0]


@pytest.mark.parametrize(
    ("config", "limit"),
    [
        ({"limit": 3}, 3),
        ({"limit": [10, 25]}, 15),
        ({"limit": [10, 5]}, 0),
        ({"limit": 2376}, None),
        ({"limit": 5000}, None),
        ({"sample_id": ["t0", "t1"]}, 2),
        ({"sample_id": "t0"}, 1),
        ({"limit": 1, "sample_id": ["t0", "t1"]}, 1),
        ({"limit": None, "sample_id": None}, None),
        ({"limit": "x"}, None),
    ],
)
def test_a_limit_is_what_cut_the_run(config: Json, limit: float | None) -> None:
    assert made.one(log(config=config)).limit == limit


def test_a_limit_counts_where_the_whole_is_not_known() -> None:
    assert made.one(log(config={"limit": 3}, about={"config": {"limit": 3}, "dataset": {}})).limit == 3


@pytest.mark.parametrize(
    ("model", "mock"),
    [("mockllm/model", True), ("none/none", True), ("none", True), ("openai/mockllm", False), ("nonesuch/x", False)],
)
def test_a_mock_model_is_known(model: str, mock: bool) -> None:
    assert made.one(log(about={"model": model})).mock is mock


def test_an_invalidated_log_proves_nothing() -> None:
    report = made.one(log(invalidated=True))
    assert report.rows_note == "the log marks samples of it as invalid"
    assert report.metrics[0].items == ()


@pytest.mark.parametrize(
    ("place", "key"),
    [("model_args", "adapter"), ("model_args", "lora-path"), ("metadata", "adapter_id")],
)
def test_an_adapter_is_found_in_arguments_and_metadata(place: str, key: str) -> None:
    assert made.one(log(about={place: {key: "acme/tickets-lora"}})).adapter == "acme/tickets-lora"
    assert made.one(log(metadata={key: "acme/tickets-lora"})).adapter == "acme/tickets-lora"


def test_secrets_of_arguments_and_metadata_are_never_told() -> None:
    secret = {"api_key": "sk-secret", "headers": {"authorization": "sk-secret"}}
    grader = {"model": "openai/gpt-4.1", "model_args": secret, "base_url": "https://u:sk-secret@host"}
    document = log(score(0.5, 4, params={"grader": grader} | secret), about={"model_args": secret}, metadata=secret)
    assert "sk-secret" not in repr(made.one(document))


# ---- samples


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


# ---- epochs


def epochs(*values: tuple[Any, ...]) -> list[Json]:
    return [sample(n, v, scorer="own", epoch=e) for n, of in enumerate(values) for e, v in enumerate(of, 1)]


def reduced(
    samples: list[Json], reducer: str | None = None, n: int | None = 2, value: float = 0.5, **config: Any
) -> EvalMetric:
    entry = score(value, n, name="own") | ({"reducer": reducer} if reducer else {})
    return metric(log(entry, samples=samples, config={"epochs": 3} | config))


THREE = epochs(("C", "C", "I"), ("I", "I", "C"))


@pytest.mark.parametrize(
    ("reducer", "scores"),
    [
        (None, [2 / 3, 1 / 3]), ("mean", [2 / 3, 1 / 3]), ("mode", [1, 0]), ("median", [1, 0]), ("max", [1, 1]),
        ("at_least_1", [1, 1]), ("at_least_2", [1, 0]), ("at_least_3", [0, 0]),
        ("pass_at_1", [2 / 3, 1 / 3]), ("pass_at_2", [1, 2 / 3]), ("pass_at_3", [1, 1]), ("pass_k_2", [1 / 3, 0]),
    ],
)  # fmt: skip
def test_epochs_of_a_sample_become_one_item_by_the_reducers_rule(reducer: str | None, scores: list[float]) -> None:
    found = reduced(THREE, reducer)
    assert [item.score for item in found.items] == pytest.approx(scores)
    assert [item.native_id for item in found.items] == ["t0", "t1"]
    assert found.recomputed == pytest.approx(sum(scores) / 2)
    assert found.n == 2


@pytest.mark.parametrize("reducer", ["collect", "own_rule", "at_least", "pass_at_x"])
def test_a_reducer_that_is_not_known_gives_no_value(reducer: str) -> None:
    samples = THREE
    entry = score(0.5, 2, name="own", reducer=reducer)
    report = made.one(log(entry, samples=samples, config={"epochs": 3}))
    assert report.metrics[0].recomputed is None
    assert "a reducer that is not known here" in report.warnings[0]


def test_where_a_rule_does_not_decide_no_value_follows() -> None:
    assert reduced(epochs(("C", "I"), ("C", "C")), "mode").recomputed is None
    assert reduced(epochs(("C", "I"), ("C", "C")), "pass_at_3").recomputed is None
    assert reduced(epochs((1, 1.0), ("C", "C")), "mode").recomputed == 1.0
    assert reduced(epochs(([1], [1]), ([1], [1])), "mode").recomputed is None


@pytest.mark.parametrize(
    ("n", "config", "stated"), [(2, {}, 2), (None, {}, 2), (6, {"epochs_reducer": []}, 2), (50, {}, 50)]
)
def test_n_counts_samples_and_not_their_epochs(n: int | None, config: Json, stated: int) -> None:
    assert reduced(THREE, None, n, **config).n == stated


@pytest.mark.parametrize(
    ("rows", "n", "config", "stated"),
    [(6, None, {}, 2), (7, None, {}, None), (6, 2, {}, 2), (6, 6, {"epochs_reducer": []}, 2)],
)
def test_n_counts_samples_where_a_log_holds_none_of_them(
    rows: int, n: int | None, config: Json, stated: int | None
) -> None:
    document = log(score(0.5, n), samples=[], rows=rows, config={"epochs": 3} | config)
    (found,) = made.one(document).metrics
    assert (found.n, found.items) == (stated, ())


def test_unreduced_epochs_count_one_by_one_in_the_value() -> None:
    samples = epochs(("C", "C", "C"), ("I",))
    assert reduced(samples, None, 4, value=0.75, epochs_reducer=[]).recomputed == 0.75
    assert reduced(samples, None, 2).recomputed == 0.5


def test_an_errored_epoch_leaves_the_score_to_the_others_and_is_told() -> None:
    samples = [*epochs(("C", "C"), ("I", "I")), errored(0, epoch=3)]
    report = made.one(log(score(0.5, 2, name="own"), samples=samples, config={"epochs": 3}))
    assert [(item.score, item.errored) for item in report.metrics[0].items] == [(1.0, False), (0.0, False)]
    assert report.warnings == ("of 1 samples some epochs errored: their score is that of the others",)


def test_several_reducers_of_one_scorer_are_told_apart() -> None:
    entries = [score(0.5, 2, name="own", reducer=name) for name in ("mean", "max")]
    first, second = made.one(log(*entries, samples=THREE, config={"epochs": 3})).metrics
    assert (first.variant, first.recomputed) == ("own/mean", 0.5)
    assert (second.variant, second.recomputed) == ("own/max", 1.0)


# ---- whole and shortened texts

CUT = "...\n(content truncated)"


def shortened(**more: Any) -> Json:
    return sample(0, input="a" * 5_120 + CUT) | more


def test_a_shortened_text_is_read_in_full() -> None:
    document = log(samples=[shortened(), *FOUR[1:]])
    whole = sample(0, input="a" * 6_000)
    report = made.one(packed(document, Member("samples/t0_epoch_1.json", data(whole))))
    assert report.warnings == ()
    assert report.metrics[0].items[0].key == metric(log(samples=[whole, *FOUR[1:]])).items[0].key
    assert report.metrics[0].composition is not None
    assert report.metrics[0].composition.lengths[-1] == 6_000


@pytest.mark.parametrize(
    "members",
    [(), (Member("samples/t0_epoch_1.json", b"{]"),), (Member("samples/t0_epoch_1.json", b"x", 0, {"method": 7}),)],
)
def test_where_it_cannot_be_that_is_told(members: tuple[Member, ...]) -> None:
    report = made.one(packed(log(samples=[shortened(), *FOUR[1:]]), *members))
    assert "shortens the texts of 1 samples" in report.warnings[0]


@pytest.mark.parametrize(
    "given",
    [
        [{"role": "user", "content": [{"type": "text", "text": "Look"}, {"type": "text", "text": "(Image)"}]}],
        [{"role": "user", "content": "a" * 5_120 + CUT}],
        [{"role": "user", "content": [{"type": "text", "text": "a" * 5_120 + CUT}]}],
    ],
)
def test_pictures_and_long_messages_are_read_in_full(given: Any) -> None:
    def whole(picture: str) -> Member:
        content = [{"type": "text", "text": "Look"}, {"type": "image", "image": "attachment://1f"}]
        full = sample(0, input=[{"role": "user", "content": content}], attachments={"1f": picture})
        return Member("samples/t0_epoch_1.json", data(full))

    document = log(samples=[sample(0, input=given), *FOUR[1:]])
    one, other = (made.one(packed(document, whole(picture))) for picture in ("data:1", "data:2"))
    assert one.warnings == ()
    assert one.metrics[0].items[0].key != other.metrics[0].items[0].key


def test_attached_texts_stand_for_themselves_and_choices_are_part_of_what_is_asked() -> None:
    attached = sample(0, input=[{"role": "user", "content": "attachment://ab"}], attachments={"ab": "Hello"})
    key = metric(log(score(1.0, 1), samples=[attached])).items[0].key
    assert key == metric(log(score(1.0, 1), samples=[sample(0, input="Hello")])).items[0].key
    keys = {
        metric(log(score(1.0, 1), samples=[sample(0, choices=choices)])).items[0].key
        for choices in (None, ["yes", "no"], ["no", "yes"])
    }
    assert len(keys) == 3


def test_a_log_without_summaries_is_read_by_its_samples() -> None:
    document = log()
    head = {key: value for key, value in document.items() if key != "samples"}
    members = [Member(f"samples/{one['id']}_epoch_1.json", data(one)) for one in document["samples"]]
    report = made.one(archive(*members, Member("header.json", data(head))))
    assert report == made.one(document)


def test_a_log_without_samples_holds_an_aggregate() -> None:
    report = made.one(header(score(0.5, 4)))
    assert (report.has_rows, report.rows_note, report.metrics[0].n, report.metrics[0].recomputed) == (
        False,
        None,
        4,
        None,
    )


@pytest.mark.parametrize(
    ("samples", "rows", "note"),
    [
        (FOUR[:3], 4, "the log holds 3 of the 4 samples that it says were completed"),
        (FOUR, 3, "the log holds 4 samples, and says that there were 3"),
        ([*FOUR, FOUR[1]], 5, "sample `t1` stands twice in one epoch"),
    ],
)
def test_samples_that_are_not_those_of_the_run_prove_nothing(samples: list[Json], rows: int, note: str) -> None:
    report = made.one(log(samples=samples, rows=rows))
    assert report.rows_note == note
    assert (report.metrics[0].items, report.metrics[0].recomputed) == ((), None)


def test_scores_that_were_changed_by_hand_are_told() -> None:
    changed = copy.deepcopy(FOUR[0])
    changed["scores"]["match"]["history"] = [{"value": "I"}, {"value": "C"}]
    assert made.one(log(samples=[changed, *FOUR[1:]])).warnings == (
        "scores of 1 samples were changed by hand after the run",
    )


# ---- who scored


@pytest.mark.parametrize(
    ("name", "params", "about", "judge"),
    [
        ("model_graded_qa", {"model": "openai/gpt-4.1"}, {}, "openai/gpt-4.1"),
        ("model_graded_qa", {"model": ["b/y", {"model": "a/x"}]}, {}, "a/x, b/y"),
        ("model_graded_fact", {}, {"model_roles": {"grader": {"model": "a/x"}}}, "a/x"),
        ("model_graded_fact", {"model_role": "critic"}, {"model_roles": {"critic": {"model": "a/x"}}}, "a/x"),
        ("model_graded_fact", {"model_role": {"name": "critic"}}, {"model_roles": {"critic": "a/x"}}, "a/x"),
        ("model_graded_qa", {"model_role": "grader"}, {}, "openai/gpt-4.1"),
        ("model_graded_qa1", {}, {"model": None}, "the model itself"),
        ("own", {"judge_model": "a/x", "judge_template": "grade/it"}, {}, "a/x"),
        ("own", {"grader_model": {"model": "a/x", "model_args": {"key": "s"}}}, {}, "a/x"),
        ("own", {}, {"model_roles": {"judge": {"model": "a/x"}}}, "a/x"),
        ("own", {"judge": "You are a strict judge."}, {}, None),
        ("own", {"judge": "https://u:p@host/v1"}, {}, None),
        ("match", {"numeric": True}, {}, None),
    ],
)
def test_the_judge_is_the_model_that_scored(name: str, params: Json, about: Json, judge: str | None) -> None:
    samples = [sample(0, "C", scorer=name)]
    assert made.one(log(score(1.0, 1, name=name, params=params), samples=samples, about=about)).judge == judge


def test_only_the_wanted_metrics_scorer_counts_as_judge() -> None:
    document = log(score(0.5, 4), score(0.5, 4, name="own", params={"judge": "a/x"}))
    assert made.one(document, wanted=Wanted(None, "accuracy", "match")).judge is None
    assert made.one(document, wanted=Wanted(None, "accuracy", "own")).judge == "a/x"


def test_the_digest_of_scoring_changes_with_its_parameters() -> None:
    told = {
        made.one(log(score(0.5, 4, params=params))).scorer for params in ({}, {"numeric": True}, {"location": "any"})
    }
    assert len(told) == 3
    assert made.one(log(about={"task_version": 1})).scorer not in told
    assert made.one(log(), wanted=Wanted(name="f1")).scorer is None


# ---- what is refused


def test_an_older_layout_is_told_as_such() -> None:
    document = log(results={"scorer": {"name": "match"}, "metrics": {"accuracy": {"value": 0.5}}})
    assert "of an older layout" in made.refused(document).reason


def test_a_linked_log_is_gathered_with_the_samples_that_it_holds() -> None:
    files = Files({"tickets/evals/run.eval": packed(log())})
    fact = gather({"eval": {"baseline": {"artifact": "evals/run.eval"}}}, files).evals["eval.baseline"]
    assert isinstance(fact, Known)
    assert (fact.source.grade, fact.value.format, len(fact.value.metrics[0].items)) == (Grade.B, "Inspect", 4)
    assert files.reads == {"tickets/evals/run.eval": 1}


def test_rows_beside_a_log_are_refused() -> None:
    assert "holds its rows itself" in made.refused(packed(log()), b'{"input": "a"}\n').reason


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"samples": [{"epoch": 1}]}, "Sample 1 of the log has no `id`."),
        ({"samples": [{"id": "a", "epoch": "x"}]}, "Sample 1 of the log has no `epoch`."),
    ],
)
def test_samples_that_cannot_be_told_apart_are_refused(changes: Json, reason: str) -> None:
    assert reason in made.refused(log(**{"rows": 1} | changes)).reason


def test_too_many_metrics_and_samples_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = score(0.5, 4)
    entry["metrics"] = {f"m{n}": {"name": f"m{n}", "value": 1.0} for n in range(1_001)}
    assert "more than 1,000 metrics" in made.refused(log(entry)).reason
    monkeypatch.setattr("bot.sources.evals.inspect_rows.MAX_ROWS", 3)
    assert "more than 3 samples" in made.refused(log()).reason


@pytest.mark.parametrize("wrong", [None, 1, True, "x", [], {}, [None], [[]], {"a": {}}, 10**400, -1])
def test_no_value_in_any_place_breaks_the_reader(wrong: Any) -> None:
    document = log(score(0.5, 2, reducer="mode", params={"model": "a"}), samples=[*FOUR[:2], sample(0, epoch=2)])

    def walk(place: Any) -> None:
        for key in list(place) if isinstance(place, dict) else range(len(place)):
            kept = place[key]
            place[key] = copy.deepcopy(wrong)
            for artifact in (json.dumps(document).encode(), packed(document) if isinstance(document, dict) else b""):
                assert isinstance(evals.read(artifact, None), EvalReport | Unavailable)
            place[key] = kept
            if isinstance(kept, dict | list):
                walk(kept)

    walk(document)
