"""Do the fast ways through rows come to what the plain ways come to?"""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.readiness.eval_report import Direction, EvalItem, EvalMetric
from bot.readiness.rescore import Rescored, _Rules, rescore, scored_anew
from bot.sources import strict_json
from bot.sources.evals import native_rows
from bot.sources.evals.format import number, plain
from bot.sources.evals.items import _PAIRS_KEPT, _SHORT, Filler, Row, _item
from bot.sources.normalise import key, normal
from bot.sources.trouble import Unreadable

MOST = 10_000
# ---- JSON: a flat object is known to name no key twice by its colons alone
KEYS = st.sampled_from(['"a"', '"b"', '"\\u0061"', '":"', '"\\u003a"', '"\\\\"', '""', '"a:b"'])
LEAVES = st.sampled_from(
    ["1", "0.5", "null", "true", '"x"', '":"', '"\\u003A"', '"{"', "[]", "{}", '"\\ud800"', "1e999", "NaN"]
)


def _object(pairs: list[tuple[str, str]]) -> str:
    return "{" + ", ".join(f"{name}: {value}" for name, value in pairs) + "}"


TEXTS = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda values: "[" + ",".join(values) + "]")
        | st.lists(st.tuples(KEYS, inner), max_size=4).map(_object)
    ),
    max_leaves=12,
)


def _loaded(read: Any, text: bytes) -> str:
    try:
        return repr(read(text))
    except strict_json.BadJson as bad:
        return f"refused: {bad}"


@given(st.lists(st.tuples(KEYS, TEXTS), max_size=5).map(_object), st.sampled_from([1, 2, 3, strict_json.MAX_DEPTH]))
@settings(max_examples=600)
@example('{"a": {"b": 1, "b": 2}}', 64)
@example('{"a": 1, "\\u0061": 2}', 64)
@example('{"a": [[[]]], "b": {}}', 3)
@example('{"a": ":", "a": 1}', 64)
def test_an_object_is_read_or_refused_in_the_same_words(text: str, depth: int) -> None:
    raw = text.encode()
    fast = _loaded(lambda given: strict_json.loads(given, max_bytes=MOST, max_depth=depth), raw)
    assert fast == _loaded(lambda given: strict_json._loads(given, depth), raw)


@given(st.text() | st.text("ab1 `<>-_.\n\t\x1b\u200b", max_size=90), st.integers(1, 90))
def test_a_text_is_shown_as_character_by_character(text: str, longest: int) -> None:
    shown = "".join(c if c.isprintable() and c not in "`<>" else "?" for c in text)
    assert strict_json.printable(text, longest) == (shown if len(shown) <= longest else f"{shown[: longest - 1]}…")


# ---- rows in our form
CELLS = (
    st.none()
    | st.sampled_from(["", "a", "B", "1", "False", "nan", "x y"])
    | st.integers(-2, 2)
    | st.floats(-2, 2)
    | st.sampled_from([1e101, -1e101, 10**400])
    | st.booleans()
)
NAMES = st.sampled_from(
    ["input", "question", "prompt", "target", "label", "output", "answer", "response", "id", "item", "task", "error", "score",
     "scores", "tools", "exact_match", "f1"]
)  # fmt: skip
ROWS = st.dictionaries(
    NAMES, CELLS | st.lists(CELLS, max_size=2) | st.dictionaries(NAMES, CELLS, max_size=2), max_size=8
)
COLUMNS = frozenset(("exact_match", "f1"))


def _first(row: Mapping[str, Any], names: Any) -> Any:
    return next((row[name] for name in names if row.get(name) is not None), None)


def _plainly(row: dict[str, Any]) -> tuple[Any, ...]:
    """Read a row as the specification puts it, name by name."""
    if not isinstance(row.get("task"), str | None):
        raise Unreadable("", "")
    answers = [name for name in native_rows.OUTPUTS if name in row]
    asked, target, output = (_first(row, names) for names in (native_rows.INPUTS, native_rows.TARGETS, answers))
    wrong = native_rows._went_wrong(row.get("error")) or (bool(answers) and output is None)
    own = row.get("id")
    return (
        strict_json.printable(str(7 if own is None else own)),
        "" if asked is None else plain(asked),
        None if target is None else plain(target),
        None,
        None if output is None else plain(output),
        wrong,
        native_rows._tools(row),
        native_rows._digest(row, 7) if asked is None else None,
        7,
        row.get("task"),
        row,
    )


def _score(given: Any) -> float | None:
    if isinstance(given, str):
        said = given.strip().lower()
        if said in native_rows._NOT_SCORED:
            return None
        try:
            given = native_rows._WORDS[said] if said in native_rows._WORDS else float(said)
        except ValueError:
            raise Unreadable("", "") from None
    if given is None:
        return None
    if (score := number(given)) is None:
        raise Unreadable("", "")
    return score


def _scores(row: dict[str, Any]) -> dict[str | None, float | None]:
    if "score" in row and "scores" in row:
        raise Unreadable("", "")
    if "scores" in row:
        if not isinstance(row["scores"], dict):
            raise Unreadable("", "")
        return {name: _score(value) for name, value in row["scores"].items()}
    named: dict[str | None, float | None] = {name: _score(row[name]) for name in row if name in COLUMNS}
    return named or ({None: _score(row["score"])} if "score" in row else {})


def _or_refused(read: Any) -> str:
    try:
        return repr(read())
    except Unreadable:
        return "refused"


@given(ROWS)
@settings(max_examples=600)
def test_a_row_is_read_as_the_specification_puts_it(row: dict[str, Any]) -> None:
    def read() -> tuple[Any, ...]:
        found = native_rows.sample(7, row)
        return tuple(getattr(found, field.name) for field in fields(found))

    assert _or_refused(read) == _or_refused(lambda: _plainly(row))


@given(ROWS)
@settings(max_examples=600)
def test_scores_are_read_as_the_specification_puts_it(row: dict[str, Any]) -> None:
    found = native_rows.Sample("a", "", None, None, line=7, cells=row)
    assert _or_refused(lambda: native_rows.scores_of(found, COLUMNS)) == _or_refused(lambda: _scores(row))


# ---- items: answers that come again are scored anew once
ANSWERS = st.sampled_from(
    ["a", "A", "b", "a b", "1", "1.0", "", '{"x": 1}', '{ "x":1 }', "one two three four", "a" * (_SHORT + 1)]
)
METRIC = EvalMetric("t", "exact_match", None, value=0.5, stderr=None, direction=None, n=None, pointer="")


RESCORED = st.builds(
    Rescored, st.sampled_from(["text", "number", "json"]), st.booleans(), st.booleans(), st.booleans(), st.booleans()
).filter(lambda found: not (found.same and not found.alike) and not (found.alike and found.apart))
SCORES = st.none() | st.sampled_from([-1.0, 0.0, 0.001, 0.45, 0.5, 0.55, 1.0, 3.0]) | st.floats(-1, 2)


@given(
    st.sampled_from(["exact_match", "accuracy", "f1", "bleu", "quality", "error_rate", None]),
    st.sampled_from([None, *Direction]),
    st.lists(st.tuples(SCORES, st.none() | RESCORED), max_size=12),
)
@settings(max_examples=600)
@example("exact_match", None, [(0.45, Rescored("text", same=True, alike=True, apart=False))])
@example("exact_match", None, [(0.55, Rescored("text", same=False, alike=False, apart=True))])
def test_scored_anew_is_what_the_rules_say_of_each_row(name: str, direction: Any, rows: Any) -> None:
    items = [EvalItem("k", str(n), score) for n, (score, _) in enumerate(rows)]
    kind, scored = scored_anew(name, direction, items, [found for _, found in rows])
    rules = _Rules.of(name, direction, [score for score, _ in rows if score is not None])
    assert (kind is None) == (rules is None or all(found is None for _, found in rows))
    if rules is None:
        assert scored == items
        return
    assert scored == [
        item
        if score is None or found is None
        else replace(item, tolerant=rules.tolerant(score, found), contradicts=rules.contradicts(score, found))
        for item, (score, found) in zip(items, rows, strict=True)
    ]


def test_an_item_is_made_as_its_class_makes_it() -> None:
    made = _item("k", "n", 0.5, True)
    assert made == EvalItem("k", "n", 0.5, True)
    assert type(made) is EvalItem
    assert [getattr(made, field.name) for field in fields(EvalItem)] == ["k", "n", 0.5, True, None, False]


def _filled(rows: list[Row]) -> tuple[EvalItem, ...]:
    filler = Filler()
    for row in rows:
        filler.add(row)
    return filler.filled(METRIC).items


def _one_by_one(rows: list[Row]) -> tuple[EvalItem, ...]:
    items = [
        EvalItem(key(row.input, row.target or ""), row.native_id, None if row.errored else row.score, row.errored)
        for row in rows
    ]
    again = [rescore(row.output, row.target, row.score) for row in rows]
    return tuple(scored_anew(METRIC.name, METRIC.direction, items, again)[1])


@given(
    st.lists(
        st.builds(
            Row,
            native_id=st.just("n"),
            input=st.sampled_from(["q", "Q.", "r"]),
            target=st.none() | ANSWERS,
            score=st.none() | st.sampled_from([0.0, 0.3, 0.5, 0.7, 1.0]),
            output=st.none() | ANSWERS,
            errored=st.booleans(),
        ),
        max_size=30,
    )
)
@settings(max_examples=300)
@example([Row("1", "q", "a", 0.0, "A"), Row("2", "q", "a", 0.0, "a"), Row("3", "q", "A", 0.0, "a")])
@example([Row("1", "q", "a", None, "a"), Row("2", "q", "a", 0.0, "a"), Row("3", "q", "a", 1.0, "a")])
@example([Row("1", "q", "a", 1.0, ""), Row("2", "q", None, 1.0, "a"), Row("3", "q", "", 1.0, "a")])
def test_items_are_those_of_rows_scored_one_by_one(rows: list[Row]) -> None:
    assert _filled(rows) == _one_by_one(rows)


def test_items_are_the_same_beyond_what_is_kept() -> None:
    answers = [f"answer {n}" for n in range(_PAIRS_KEPT + 50)]
    rows = [Row(str(n), "q", answer, float(n % 2), answer.upper()) for n, answer in enumerate(answers * 2)]
    filled = _filled(rows)
    assert filled == _one_by_one(rows)
    assert sum(item.tolerant == 1.0 for item in filled) == len(rows) // 2


def test_a_walk_keeps_neither_long_answers_nor_more_pairs_than_it_may() -> None:
    filler = Filler()
    for n in range(_PAIRS_KEPT + 50):
        filler.add(Row(str(n), "q", "t", 1.0, f"answer {n}"))
        filler.add(Row(str(n), "q", "t", 1.0, "long " * _SHORT))
        filler.add(Row(str(n), "q", "long " * _SHORT, 1.0, "short"))
    assert len(filler._pairs) == _PAIRS_KEPT
    assert all(len(text or "") <= _SHORT for pair in filler._pairs for text in pair)


def test_a_direction_is_not_part_of_what_a_pair_says() -> None:
    filler = Filler()
    for _ in range(2):
        filler.add(Row("n", "q", "a", 0.0, "a"))
    lower = EvalMetric("t", "m", None, value=0, stderr=None, direction=Direction.LOWER, n=None, pointer="")
    assert [item.contradicts for item in filler.filled(METRIC).items] == [True, True]
    assert [item.contradicts for item in filler.filled(lower).items] == [False, False]


# ---- normal forms: letters of ASCII are folded by the table that makes blanks of signs
@given(st.text(st.characters(max_codepoint=127)))
@example("".join(map(chr, range(128))))
@example("?!.")
@example("\x1f A\x00B\x7f")
def test_a_text_of_ascii_has_the_normal_form_that_its_characters_have(text: str) -> None:
    seen = [c for c in text.lower() if c.isspace() or c.isprintable()]
    words = "".join(c if c.isalnum() or c == "_" else " " for c in seen).split()
    bare = "".join(c for c in text if c.isspace() or c.isprintable()).encode()
    assert normal(text) == (" ".join(words).encode() or b" ".join(bare.split()))
