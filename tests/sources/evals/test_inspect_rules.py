"""Is a verdict of match, includes, exact, choice and f1 told anew only where every version of the tool must agree?"""

import re
import string
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sources.evals.inspect_rules import contradicts, kind_of, likeness, settled, verdict, whole
from tests.sources.evals import made
from tests.sources.evals.inspect_made import FOUR, Json, log, sample, score


@pytest.mark.parametrize(
    ("kind", "params", "answer", "targets", "said"),
    [
        ("includes", {}, "it is refund", ["Refund"], True),
        ("includes", {}, "it is other", ["refund"], False),
        ("includes", {"ignore_case": False}, "it is refund", ["Refund"], False),
        ("includes", {}, "it is other", ["a refund"], None),
        ("includes", {}, "", ["refund"], None),
        ("includes", {}, "other", ["refund", "other"], True),
        ("match", {}, "Refund", ["Refund"], True),
        ("match", {}, "refund", ["Refund"], None),
        ("match", {}, "the refund.", ["refund"], None),
        ("match", {}, "account", ["refund"], False),
        ("match", {}, "account", ["refund", "account"], True),
        ("match", {}, "account", ["refund", "delivery"], False),
        ("match", {}, "cafe", ["café"], None),
        ("match", {}, "yes", ["..."], None),
        ("match", {"numeric": True}, "64", ["64"], True),
        ("match", {"numeric": True}, "64.0", ["64"], True),
        ("match", {"numeric": True}, "63", ["64"], False),
        ("match", {"numeric": True}, "25", ["5"], None),
        ("match", {"numeric": True}, "1.2346", ["1.23456789"], None),
        ("match", {"numeric": True}, "I think it is 0", ["5"], None),
        ("match", {"numeric": True}, "account", ["refund"], False),
        ("match", {"numeric": True}, "1000.5", ["$1,000.50"], None),
        ("match", {"numeric": True}, "1000", ["1,000.00"], None),
        ("match", {"numeric": True}, "1.2346e+06", ["1,234,567"], None),
        ("match", {"numeric": True}, "U.S. dollars", ["U.S. dollars"], None),
        ("match", {"numeric": True}, "64", ["64.0"], None),
        ("match", {"numeric": True}, "64.0", ["64.0"], True),
        ("match", {"numeric": True}, "+5", ["5"], None),
        ("match", {"numeric": True}, "-64", ["64.0"], None),
        ("match", {"numeric": True}, "7.5", ["007"], None),
        ("match", {"numeric": True}, "123456", ["123456"], True),
        ("match", {"numeric": True, "location": "any"}, "123456", ["123456"], None),
        ("match", {"numeric": True, "location": "any"}, "12345", ["12345"], True),
        ("exact", {}, "The  Refund", ["the refund"], True),
        ("exact", {}, "a refund!", ["Refund"], None),
        ("exact", {}, "refunds", ["refund"], False),
        ("exact", {}, "1.0", ["1"], None),
        ("exact", {}, "blue red", ["red blue"], None),
        ("exact", {}, "red red", ["red"], None),
        ("exact", {}, "red green", ["red blue"], False),
        ("exact", {}, "refund", [" refund"], None),
        ("exact", {}, "12 +5", ["12 +5"], None),
        ("exact", {}, "12", ["12"], True),
        ("exact", {}, "remboursé", ["refund"], None),
        ("choice", {}, "A", ["A"], True),
        ("choice", {}, "B", ["A"], False),
        ("choice", {}, "", ["A"], None),
        ("choice", {}, "A, B", ["A", "B"], True),
        ("choice", {}, "A, B", ["BA"], True),
        ("choice", {}, "A", ["A,B"], False),
        ("choice", {}, "1", ["A"], None),
        ("choice", {}, "yes or no", ["A"], None),
        ("match", {}, "x", [], None),
        ("match", {}, "x", [" "], None),
    ],
)
def test_a_verdict_is_told_where_it_is_certain(
    kind: str, params: Json, answer: str, targets: list[str], said: bool | None
) -> None:
    assert verdict(kind, params, answer, targets) is said


@pytest.mark.parametrize(
    ("scorer", "kind"),
    [("match", "match"), ("inspect_ai/choice", "choice"), ("exact2", "exact"), ("includes", "includes"),
     ("model_graded_qa", None), ("my_match", None), ("acme/match", None), ("f1", "f1"), ("acme/f1", None), ("pattern", None)],
)  # fmt: skip
def test_only_scorers_of_the_tool_are_told_anew(scorer: str, kind: str | None) -> None:
    assert kind_of(scorer) == kind


@pytest.mark.parametrize(
    ("answer", "kept"),
    [("yes", True), ("", True), ("yes...", False), ("...", False), ("x" * 1_000, False), (None, False), (1, False)],
)
def test_an_answer_that_a_summary_may_have_cut_decides_nothing(answer: Any, kept: bool) -> None:
    assert whole(answer) == (answer if kept else None)


@pytest.mark.parametrize(
    ("answer", "targets", "said"),
    [
        ("the late parcel", ["a late parcel!"], 1.0),
        ("late parcel", ["late invoice"], 0.5),
        ("parcel", ["late invoice"], 0.0),
        ("late parcel", ["invoice", "late red parcel"], 0.8),
        ("the", ["an"], 1.0),
        ("the", ["parcel"], 0.0),
        ("", ["parcel"], None),
        ("parcel", [], None),
        ("parcel", ["parcel", " "], None),
        ("parcel", [" parcel"], None),
        ("parcel 7", ["parcel"], None),
        ("café", ["parcel"], None),
    ],
)
def test_words_in_common_are_reckoned_where_they_are_plain(answer: str, targets: list[str], said: float | None) -> None:
    assert likeness({}, answer, targets) == (said if said is None else pytest.approx(said))
    assert likeness({"stop_words": ["late"]}, answer, targets) is None


@pytest.mark.parametrize(
    ("score", "wrong"), [(0.67, False), (0.66, False), (1.0, True), (0.0, True), (0.7, True), (None, False)]
)
def test_a_score_in_shades_contradicts_beyond_what_the_tool_rounds(score: float | None, wrong: bool) -> None:
    assert contradicts("f1", {}, "late parcel", ["parcel"], score) is wrong


def test_an_edited_share_of_words_is_marked() -> None:
    samples = [sample(n, value, scorer="f1", answer="no refund") for n, value in enumerate((0.67, 1.0))]
    (found,) = made.one(log(score(0.835, 2, name="f1", metric="mean"), samples=samples)).metrics
    assert [item.contradicts for item in found.items] == [False, True]
    assert found.recomputed == pytest.approx(0.835)


def test_equal_texts_that_some_versions_score_wrong_accuse_nobody() -> None:
    samples = [sample(0, "I", answer="U.S. dollars", target="U.S. dollars"), sample(1, "I", answer="7", target="7")]
    for numeric, marked in ((True, [False, True]), (False, [True, True])):
        entry = score(0.0, 2) | {"params": {"numeric": numeric}}
        (found,) = made.one(log(entry, samples=samples)).metrics
        assert [item.contradicts for item in found.items] == marked


TEXTS = st.text(alphabet="aA bthe.!-15,é$", max_size=8)
SCORERS = [("includes", {}), ("exact", {}), ("match", {}), ("match", {"numeric": True})]


def tool(kind: str, params: Json, answer: str, target: str) -> set[bool]:
    """Say what the tool may say, in each of its versions, under each of its settings and places to match."""
    if kind == "includes":
        return {target.casefold() in answer.casefold()}
    if kind == "exact":
        said, wanted = _normal(answer), _normal(target)
        # until May 2026 a blank first was passed over, until August 2026 words were a set
        return {said == wanted, not target[:1].isspace() and set(said.split()) == set(wanted.split())}
    away = string.whitespace + string.punctuation
    said, wanted = (text.strip().casefold() for text in (answer, target))
    found = _places(said.strip(away), wanted.strip(away))
    if params.get("numeric"):
        bare = [re.sub(r"\.(?=\s|$|\D)", "", re.sub(r"[$,*_]", "", text)) for text in (said, wanted)]
        found |= _places(said.strip(away), bare[1].strip(away)) | _places(*map(_five, bare))
    return found


def _places(said: str, wanted: str) -> set[bool]:
    return {said.startswith(wanted), said.endswith(wanted), wanted in said, said == wanted}


def _five(text: str) -> str:
    try:
        return format(float(text), ".5g")
    except ValueError:
        return text


def _normal(text: str) -> str:
    def word(token: str) -> str:
        token = token.casefold()
        for shown in (token, token.strip(string.whitespace + string.punctuation)):
            try:
                return str(float(shown))
            except ValueError:
                continue
        bare = "".join(c for c in token if c not in string.punctuation)
        return " ".join(re.sub(r"\b(a|an|the)\b", " ", bare).split())

    return " ".join(filter(None, map(word, re.split(" |-", text))))


@pytest.mark.parametrize(("kind", "params"), SCORERS)
@settings(max_examples=1_500)
@given(answer=TEXTS, target=TEXTS)
def test_no_verdict_is_one_that_the_tool_could_not_give(kind: str, params: Json, answer: str, target: str) -> None:
    found, may = verdict(kind, params, answer, [target]), tool(kind, params, answer, target)
    if found is not None:
        # where places to match differ, none of the ways may contradict; equal texts match in every one
        assert found in may
        assert found or may == {False}
    if target.strip() and settled(kind, params, target):
        assert True in tool(kind, params, target, target)


def test_scores_that_answers_contradict_are_marked_and_form_is_told() -> None:
    samples = [
        sample(0, "C", answer="other"), sample(1, "I", answer="refund"), sample(2, "I", answer="Refund."), FOUR[3],
    ]  # fmt: skip
    (found,) = made.one(log(score(0.25, 4), samples=samples)).metrics
    assert [item.contradicts for item in found.items] == [True, True, False, False]
    assert [item.tolerant for item in found.items] == [None, 1.0, 1.0, None]
    assert (found.rescored, found.recomputed) == ("text", 0.25)


@pytest.mark.parametrize("scorer", ["model_graded_qa", "own"])
def test_other_scorers_are_not_told_anew(scorer: str) -> None:
    samples = [sample(0, "I", scorer=scorer, answer="refund"), sample(1, "C", scorer=scorer, answer="other")]
    (found,) = made.one(log(score(0.5, 2, name=scorer), samples=samples)).metrics
    assert not any(item.contradicts or item.tolerant for item in found.items)
    assert found.rescored is None


def test_partial_credit_contradicts_nothing_and_each_epoch_is_looked_at() -> None:
    samples = [sample(0, "P", answer="refund"), *(sample(1, "C", epoch=e, answer="other") for e in (1, 2))]
    (found,) = made.one(log(score(0.75, 2), samples=samples, config={"epochs": 2})).metrics
    assert [item.contradicts for item in found.items] == [False, True]
    assert found.rescored == "text"
