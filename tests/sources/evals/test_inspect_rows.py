"""How do epochs become items, and by which texts are samples of an Inspect log told apart?"""

import copy
from typing import Any

import pytest

from bot.readiness.eval_report import EvalMetric
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


def metric(document: Json) -> EvalMetric:
    (found,) = made.one(document).metrics
    return found


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


def older(document: Json) -> list[Json]:
    """Write samples as summaries of before December 2025 do: without their choices."""
    return [{key: value for key, value in one.items() if key != "choices"} for one in document["samples"]]


@pytest.mark.parametrize("by", ["scorer", "solver"])
def test_choices_that_older_summaries_leave_out_are_read_in_full(by: str) -> None:
    name = "choice" if by == "scorer" else "own"
    options = (["yes", "no"], ["no", "yes"])
    rows = [sample(0, scorer=name, choices=of) | {"id": f"q{n}"} for n, of in enumerate(options)]
    document = log(score(1.0, 2, name=name), samples=rows)
    if by == "solver":
        document["plan"] = {"steps": [{"solver": "system_message"}, {"solver": "multiple_choice", "params": {}}]}
    full = [Member(f"samples/{one['id']}_epoch_1.json", data(one)) for one in rows]
    report = made.one(packed(document | {"samples": older(document)}, *full))
    assert report == made.one(document)
    assert len({item.key for item in report.metrics[0].items}) == 2


def test_choices_that_are_nowhere_are_told_and_are_not_looked_for_in_other_logs() -> None:
    rows = [sample(n, scorer="choice", choices=["yes", "no"]) for n in range(2)]
    document = log(score(1.0, 2, name="choice"), samples=rows)
    (told,) = made.one(packed(document | {"samples": older(document)})).warnings
    assert "2 samples, or leaves out their choices" in told
    assert made.one(packed(document)).warnings == made.one(packed(log())).warnings == ()


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
