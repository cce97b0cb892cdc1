"""Is it told apart what runs by itself, how often, and what only speaks of it?"""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.readiness.ownership import NEVER, Schedule
from bot.sources import schedules
from bot.sources.cron import longest_gap
from bot.sources.trouble import Unreadable

WORKFLOW = """\
name: drift
on:
  schedule:
    - cron: "0 6 * * 1"  # each Monday
  workflow_dispatch:
jobs:
  watch: {runs-on: ubuntu-latest, steps: [{run: make drift}]}
"""


@pytest.mark.parametrize(
    ("expression", "days"),
    [
        ("0 6 * * 1", 7),
        ("*/5 * * * *", 1),
        ("0 6 * * MON-FRI", 3),
        ("0 6 1 * *", 31),
        ("0 6 1 */3 *", 92),
        ("0 6 1 1,4,7,10 *", 92),
        ("0 6 1 1 *", 366),
        ("0 6 29 2 *", NEVER),
        ("0 6 30 2 *", NEVER),
        ("0 6 1 * 1", 7),  # where both days are restricted, one of both is enough
        ("0 6 * * 7", 7),
        ("0 6 * * 0", 7),
        ("0 6 l * *", 31),
        ("0 0 6 ? * MON", 7),
        ("0 0 6 ? * 1 *", 7),
        ("cron(0 6 ? * 2 *)", 7),
        ("rate(1 day)", 1),
        ("rate(36 hours)", 2),
        ("rate(5 minutes)", 1),
        ("rate(2 weeks)", 14),
        ("@daily", 1),
        ("@weekly", 7),
        (" @Monthly ", 31),
    ],
)
def test_the_longest_gap_of_a_schedule(expression: str, days: int) -> None:
    assert longest_gap(expression) == days


@pytest.mark.parametrize(
    "expression",
    [
        "", "weekly, or so", "0 6 * *", "60 6 * * *", "0 24 * * *", "0 6 0 * *", "0 6 * 13 *", "0 6 * * 8", "0 6 * * */0", "a b c d e",
        "0 6 5-1 * *", "rate(0 days)", "rate(1 year)", "cron(0 6)", "* " * 200, "0 6 * * mondays", "1 2 3 4 5 6 7 8", "٣ 6 * * *",
    ],
)  # fmt: skip
def test_what_is_no_schedule(expression: str) -> None:
    assert longest_gap(expression) is None


@pytest.mark.parametrize(
    ("text", "kind", "days"),
    [
        (WORKFLOW, "workflow", 7),
        ("apiVersion: batch/v1\nkind: CronJob\nspec: {schedule: '0 6 * * *'}\n", "cron", 1),
        ("kind: ConfigMap\n---\nkind: CronJob\nspec: {schedule: '@weekly', suspend: false}\n", "cron", 7),
        ("kind: CronWorkflow\nspec: {schedules: ['0 6 1 * *', '0 6 * * 1']}\n", "cron", 7),
        ("trigger: none\nschedules: [{cron: '0 6 * * 1', branches: {include: [main]}}]\n", "cron", 7),
        ("workflows: {drift: {triggers: [{schedule: {cron: '0 6 * * *'}}], jobs: [watch]}}\n", "cron", 1),
        ('{"schedule": {"quartz_cron_expression": "0 0 6 ? * MON", "timezone_id": "UTC"}}', "cron", 7),
        ('{"ScheduleExpression": "rate(7 days)", "State": "ENABLED"}', "cron", 7),
        ("groups: [{name: drift, rules: [{alert: Drift, expr: psi > 0.2}]}]\n", "rules", 1),
        ("kind: PrometheusRule\nspec: {groups: [{name: d, rules: [{record: psi, expr: x}]}]}\n", "rules", 1),
        ("with DAG('drift', schedule='@daily') as dag:\n    watch()\n", "code", 1),
        ('dag = DAG("drift", schedule_interval="0 6 * * 1")\n', "code", 7),
        ('resource "x" "drift" {\n  schedule_expression = "rate(7 days)"\n}\n', "code", 7),
    ],
)
def test_what_runs_by_itself(text: str, kind: str, days: int) -> None:
    found = schedules.read(text.encode(), ".github/workflows/drift.yml")
    assert (found.kind, found.longest_gap) == (kind, days)


def test_a_workflow_keeps_its_expressions() -> None:
    assert schedules.read(WORKFLOW.encode(), ".github/workflows/drift.yml") == Schedule("workflow", ("0 6 * * 1",), 7)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("on: push\njobs: {x: {}}\n", "runs on `push`"),
        ("on: [push, workflow_dispatch]\njobs: {x: {}}\n", "`workflow_dispatch`"),
        ("on:\njobs: {x: {}}\n", "runs on nothing"),
        ("on: {push: {}}\njobs: {x: {env: {cron: '0 6 * * 1'}}}\n", "no schedule"),
        ("on:\n  push:\n  # schedule: [{cron: '0 6 * * 1'}]\njobs: {x: {}}\n", "no schedule"),
        ("on: {schedule: [{cron: '0 6 * * 1'}]}\njobs: {}\n", "no jobs"),
        ("on: {schedule: [{cron: whenever}]}\njobs: {x: {}}\n", "`whenever` is no schedule"),
        ("on: {schedule: [7, {cron: 7}, null]}\njobs: {x: {}}\n", "no schedule"),
        ("kind: CronJob\nspec: {schedule: '0 6 * * *', suspend: true}\n", "suspended"),
        ("# Drift\n\nWe look each week, on a schedule: cron.\n", "no schedule"),
        ("# schedule='@daily'\nwatch()\n", "no schedule"),
        ("schedule: we look weekly\n", "no schedule"),
        ("groups: [{rules: [{alert: x}]}, 7, {rules: 7}]\n", "no schedule"),
        ("", "no schedule"),
        ("[" * 500, "no schedule"),
    ],
)
def test_what_does_not_run_by_itself(text: str, said: str) -> None:
    with pytest.raises(Unreadable) as told:
        schedules.read(text.encode(), ".github/workflows/drift.yml")
    assert said in told.value.fact.reason
    assert told.value.fact.fix


def test_what_is_no_text() -> None:
    with pytest.raises(Unreadable, match="UTF-8"):
        schedules.read(b"\xff\xfe", "x")


@pytest.mark.parametrize("name", ["docs/drift.md", "DRIFT.RST", "notes.txt"])
def test_a_page_that_shows_a_schedule_runs_nothing(name: str) -> None:
    with pytest.raises(Unreadable, match="no schedule"):
        schedules.read(b'Our DAG says `schedule="@daily"`.', name)


def test_a_workflow_runs_only_where_github_looks_for_it() -> None:
    with pytest.raises(Unreadable, match="outside `.github/workflows/`"):
        schedules.read(WORKFLOW.encode(), "adapters/router/.github/workflows/drift.yml")
    assert schedules.read(WORKFLOW.encode(), "https://example.com/drift.yml").kind == "workflow"


HOSTILE = st.text() | st.text("on: schedulecrjb{}[]-'\"*/@0123456789\n #=()", max_size=200)


@given(HOSTILE | st.builds("on: {{schedule: [{{cron: '{0}'}}]}}\njobs: {{x: 1}}".format, HOSTILE))
def test_no_file_makes_the_reader_stumble(text: str) -> None:
    with suppress(Unreadable):
        assert schedules.read(text.encode("utf-8", "replace"), ".github/workflows/x.yml").longest_gap >= 1


@given(HOSTILE)
def test_no_expression_makes_the_reader_stumble(expression: str) -> None:
    found = longest_gap(expression)
    assert found is None or 1 <= found <= max(NEVER, 7 * 99_999)


def test_a_file_of_many_documents_is_read_as_far_as_anybody_would() -> None:
    many = "---\n".join(["kind: ConfigMap\n"] * 10_000)
    with pytest.raises(Unreadable):
        schedules.read(many.encode(), "ops/drift.yaml")
