"""Do promptfoo's JSONL and CSV say the same as its JSON, as far as they hold it?"""

import pytest

from bot.sources.evals.items import Wanted
from tests.sources.corpus import CORPUS, expected
from tests.sources.evals.made import EQUALS, graded, jsonl, metric, one, promptfoo, refused, runs

FOLDER = CORPUS / "evals" / "promptfoo"
HEADER = "Description,answer,question,[a] p,Status,Score,Named Scores,Metric: exact,Grader Reason,Comment"


@pytest.mark.parametrize("ending", ["jsonl", "csv"])
def test_a_real_table_says_what_is_known_of_it(ending: str) -> None:
    facts = expected("evals")[f"promptfoo/made_two_providers_n30.{ending}"]
    found = runs((FOLDER / f"made_two_providers_n30.{ending}").read_bytes())
    assert list(found) == [subject["label"] for subject in facts["subjects"]]
    for subject in facts["subjects"]:
        report = found[subject["label"]]
        assert (report.tool_version, report.started_at, report.status) == (None, None, facts["status"])
        (known,) = subject["metrics"]
        read = metric(report, known["metric"])
        assert (read.value, read.n, len(read.items)) == (known["value"], subject["n_rows"], subject["n_rows"])


@pytest.mark.parametrize("ending", ["jsonl", "csv"])
def test_a_real_table_holds_items_and_scores_of_the_json(ending: str) -> None:
    whole = runs((FOLDER / "made_two_providers_n30.json").read_bytes())
    for name, report in runs((FOLDER / f"made_two_providers_n30.{ending}").read_bytes()).items():
        for read in report.metrics:
            same = metric(whole[name], read.name or "")
            assert read.value == pytest.approx(same.value)
            assert [(i.key, i.score) for i in read.items] == [(i.key, i.score) for i in same.items]


def test_rows_a_line_know_their_judge_and_contradict_their_scores() -> None:
    rubric = {"type": "llm-rubric", "provider": "openai:o4", "metric": "tone"}
    rows = [graded(1, "5", asserts=(EQUALS, rubric), scores={"exact": 1, "tone": 0.5}), graded(2, None)]
    report = one(jsonl(rows), wanted=Wanted(name="exact"))
    exact = metric(report, "exact")
    assert (exact.value, exact.n, exact.items[0].contradicts, exact.items[1].errored) == (1.0, 1, True, True)
    assert report.judge is None
    assert "1 of 2 rows errored" in report.warnings[0]
    assert one(jsonl(rows)).judge == "openai:o4"


def test_a_file_of_one_row_is_a_table_too() -> None:
    assert metric(one(jsonl([graded(1, "4")])), "pass").value == 1.0


def test_one_row_a_line_weighs_as_the_json_does() -> None:
    rows = [
        graded(1, "4", scores={"m": 1}, weights={"m": 3}),
        graded(2, "4", scores={"m": 0}, weights={"m": 1}),
    ]
    whole, lines = one(promptfoo(rows)), one(jsonl(rows))
    assert metric(whole, "m").value == metric(whole, "m").recomputed == metric(lines, "m").value == 0.75


def test_an_error_of_the_table_is_no_wrong_answer_and_a_test_may_be_of_one_prompt_only() -> None:
    header = HEADER + ",[b] p,Status,Score,Named Scores,Grader Reason,Comment"
    lines = [
        header,
        'one,4,Q1,4,PASS,1.00,"{""exact"":1}",1.00,,,x,FAIL,0.00,,no,',
        "two,5,Q2,,ERROR,0.00,,,timed out,,,,,,,",
    ]
    found = runs("\n".join(lines).encode())
    first = metric(found["a"], "pass")
    assert (first.value, first.n, [i.errored for i in first.items]) == (0.5, 1, [False, True])
    assert [i.native_id for i in first.items] == ["one", "two"]
    assert len(metric(found["b"], "pass").items) == 1
    assert [m.name for m in found["b"].metrics] == ["pass"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (HEADER, "holds no row"),
        (HEADER + "\none,4,Q,4,PASS\n", "Line 2 of the table has 5 cells, its header has 10"),
        (HEADER + "\none,4,Q,4,OK,1.00,,,,\n", "Line 2 of the table has the status `OK`"),
        (HEADER + "\none,4,Q,4,PASS,1.00,{exact,1.00,,\n", "named scores in line 2 of the table is no JSON"),
        (HEADER + '\none,4,Q,"4,PASS', "of the table is no CSV"),
        ("Status,Score,Grader Reason\nPASS,1,x\n", "no column of answers"),
        ("a,Status,b,Score,Grader Reason\nx,PASS,1,1,x\n", "no column of answers"),
    ],
)
def test_a_table_that_cannot_be_read_says_why(text: str, reason: str) -> None:
    assert reason in refused(text.encode()).reason


def test_a_row_that_is_no_result_is_named() -> None:
    assert "Line 2 of the artifact" in refused(jsonl([graded(1, "4"), {"x": 1}])).reason
    assert "holds its rows itself" in refused(jsonl([graded(1, "4"), graded(2, "4")]), b"{}").reason
