"""Is every problem of form told at its own line, and is the rest read all the same?"""

import types
import typing
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from bot.readiness.proposal import Reading, is_proposal, linked, read
from bot.readiness.schema import Proposal
from bot.readiness.strict_yaml import load

TODAY = date(2026, 11, 1)
EVERY_FIELD = (Path(__file__).parent / "every_field.yaml").read_text()
HEAD = "version: 1\nadapter: ticket-router\n"


def reading(text: str, path: str = "finetune-proposal.yaml") -> Reading:
    return read(text.encode(), opened_on=TODAY, path=path)


def told(text: str, path: str = "finetune-proposal.yaml") -> list[tuple[int, str]]:
    return [(problem.line, problem.at) for problem in reading(text, path).problems]


def test_every_field_is_taken() -> None:
    assert reading(EVERY_FIELD).problems == ()


def test_the_sample_names_every_field_of_the_schema() -> None:
    assert sorted(set(_fields(Proposal)) - set(load(EVERY_FIELD.encode()).lines)) == []


def _fields(model: type[BaseModel], path: str = "") -> typing.Iterator[str]:
    """Walk the paths of a model's fields; an excuse, and the pins of a link, may stand in for a field anywhere."""
    for name, info in model.model_fields.items():
        at = f"{path}.{info.alias or name}" if path else info.alias or name
        yield at
        for part in _parts(info.annotation):
            many = part.__name__ in ("Mode", "RegressionSlice")
            if part.__name__ not in ("LinkField", "NotApplicable", "Experiment", "Run", "Metric", "Hosting"):
                yield from _fields(part, f"{at}[0]" if many else at)


def _parts(annotation: object) -> typing.Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif typing.get_origin(annotation) in (typing.Annotated, typing.Union, types.UnionType, tuple):
        for part in typing.get_args(annotation):
            yield from _parts(part)


def _leaves(value: object, path: tuple[str | int, ...] = ()) -> typing.Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    if isinstance(value, dict | list):
        for key, entry in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _leaves(entry, (*path, key))


LEAVES = list(_leaves(load(EVERY_FIELD.encode()).data))


@settings(max_examples=50)
@given(
    st.sampled_from(LEAVES),
    st.sampled_from([5, -5, 1e300, True, "", "  ", "x", "../x", [], ["x"], [[5]], {}, {"y": 1}]),
)
def test_a_wrong_value_anywhere_is_told_at_its_own_line_or_taken(keys: tuple[str | int, ...], value: object) -> None:
    data = load(EVERY_FIELD.encode()).data
    here = data
    for key in keys[:-1]:
        here = here[key]
    here[keys[-1]] = value
    found = reading(yaml.safe_dump(data, sort_keys=False))
    at = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys).lstrip(".")
    for problem in found.problems:
        assert problem.at.startswith(at)
        assert problem.line == found.line(problem.at)
        assert problem.message
        assert problem.fix
    assert found.proposal is not None


def test_all_problems_are_told_at_once_each_at_its_line() -> None:
    text = HEAD + (
        "sumary: x\n"
        "failure:\n"
        "  kind: Behaviour\n"
        "  kind: behavior\n"
        "owner:\n"
        "  primary: '@me'\n"
        "  until: 2027-02-30\n"
        "  revalidate_every: quarterly\n"
        "training: {seed: x}\n"
    )
    assert told(text) == [
        (3, "sumary"),
        (5, "failure.kind"),
        (6, "failure.kind"),
        (8, "owner.primary"),
        (9, "owner.until"),
        (10, "owner.revalidate_every"),
        (11, "training.seed"),
    ]


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("onwer: {}", "Did you mean `owner`?"),
        ("ops_cost: {maintenence: {}}", "Did you mean `maintenance`?"),
        ("ops_cost: {tuned: {hosting: {knd: gpu}}}", "Did you mean `kind`?"),
        ("eval: {holdout: {sampled: {form: production}}}", "Did you mean `from`?"),
        ("failure: {modes: [{name: a, row: x}]}", "Did you mean `rows`?"),
        ("data: {train: {path: {url: x}}}", "Did you mean `uri`?"),
        ("tried: {prompt: {artefact: x}}", "Did you mean `artifact`?"),
        ("failure: {reason: clasification}", "Did you mean `classification`?"),
        ("tried: {prompt: {not_applicable: no_user, why: x}}", "Did you mean `no_users`?"),
    ],
)
def test_the_nearest_valid_word_is_suggested(text: str, fix: str) -> None:
    assert fix in [problem.fix for problem in reading(HEAD + text).problems]


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("summary: 123", "`summary`: a text is needed here."),
        ("summary: '   '", "`summary`: this text is empty."),
        ("task: 5", "`task`: named fields are needed here."),
        ("failure: {modes: x}", "`failure.modes`: a list is needed here."),
        ("data: {train: {examples: 5.5}}", "`data.train.examples`: a whole number is needed here."),
        ("data: {train: {examples: -5}}", "`data.train.examples` is at least 0."),
        ("serving: {multi_adapter: yes}", "`serving.multi_adapter`: `true` or `false` is needed here."),
        ("eval: {threshold: '0.9'}", "`eval.threshold`: a plain number is needed here, like 0.005."),
        ("eval: {threshold: 1e999}", "`eval.threshold`: this number is out of range."),
        ("eval: {threshold: .nan}", "`eval.threshold`: a plain number is needed here, like 0.005."),
        ("failure: {modes: [{name: a, share: 1.5}]}", "`failure.modes[0].share` is at most 1."),
        ("owner: {until: 2027-13-01}", "`owner.until`: 2027-13-01 is no date of the calendar."),
        ("owner: {until: soon}", "`owner.until`: a date is needed here, as YYYY-MM-DD."),
        ("eval: {holdout: {path: data/}}", "`eval.holdout.path`: this path names a folder, not a file."),
        ("tried: {prompt: {not_applicable: no_users}}", "The field `tried.prompt.why` is required."),
    ],
)
def test_a_wrong_value_is_told_in_words_for_people(field: str, message: str) -> None:
    assert [problem.message for problem in reading(HEAD + field).problems] == [message]


def test_an_excuse_does_not_go_with_evidence() -> None:
    text = HEAD + "tried: {tool_use: {not_applicable: nothing_to_call, why: x, artifact: y}}"
    (problem,) = reading(text).problems
    assert problem.message == "The field `artifact` does not go with `not_applicable`."


def test_a_proposal_with_problems_is_read_as_far_as_it_reads() -> None:
    proposal = reading(
        HEAD + "task: 5\nowner: {primary: first-owner, until: soon}\nfailure: {modes: [{}, {name: a}]}"
    ).proposal
    assert proposal is not None
    assert proposal.owner.primary == "first-owner"
    assert proposal.owner.until is None
    assert [mode.name for mode in proposal.failure.modes] == ["a"]


def test_version_and_adapter_are_required_and_told_once() -> None:
    assert told("summary: x") == [(1, "adapter"), (1, "version")]
    assert told("version: 2\nadapter: A B\n") == [(1, "version"), (2, "adapter")]
    assert told("version: true\nadapter: a\n") == [(1, "version")]


def test_a_section_that_is_null_says_nothing() -> None:
    assert told(HEAD + "owner: null\neval:\ndata: ~\n") == []


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "null"])
def test_an_empty_file_says_what_to_do(text: str) -> None:
    (problem,) = reading(text).problems
    assert "tunegate init" in problem.fix


@pytest.mark.parametrize("text", ["- a\n", "just words\n", "5"])
def test_a_file_that_is_no_mapping_is_refused(text: str) -> None:
    assert reading(text).proposal is None
    assert len(reading(text).problems) == 1


LINKS = [at for at, _ in linked(reading(EVERY_FIELD).proposal or Proposal())]


def test_a_link_is_found_wherever_one_may_stand() -> None:
    anywhere = "failure.modes[1].rows tried.prompt.prompt_file eval.regression[0].baseline.rows data.train.path training.grader.tests"
    others = "owner.drift_checks.eval ops_cost.latency.artifact serving.rollout_evidence.rows data.curation_plan.source"
    assert {*anywhere.split(), *others.split()} <= set(LINKS)


@pytest.mark.parametrize("at", LINKS)
def test_a_link_that_leaves_the_repository_is_told_at_its_own_line(at: str) -> None:
    data = load(EVERY_FIELD.encode()).data
    here, *rest = at.replace("[", ".[").split(".")
    parent, key = data, here
    for part in rest:
        parent = parent[key]
        key = int(part[1:-1]) if part.startswith("[") else part
    parent[key] = "../../../secrets.json"
    text = yaml.safe_dump(data, sort_keys=False)
    found = reading(text, "teams/router/finetune-proposal.yaml").problems
    assert [problem.at for problem in found] == [at]
    assert found[0].line == reading(text).line(at)
    assert "leaves the repository" in found[0].message
    assert reading(text, "teams/support/eu/router/finetune-proposal.yaml").problems == ()


def test_an_experiment_has_500_usd_and_30_days() -> None:
    def experiment(budget: str, ends: date) -> list[tuple[int, str]]:
        return told(HEAD + f"scope: experiment\nexperiment:\n  budget: {budget}\n  ends: {ends}\n")

    last = TODAY + timedelta(days=30)
    assert experiment("500", last) == []
    assert experiment("500.01", last) == [(5, "experiment.budget")]
    assert experiment("500", last + timedelta(days=1)) == [(6, "experiment.ends")]
    assert experiment("500", TODAY) == []
    assert experiment("500", TODAY - timedelta(days=1)) == [(6, "experiment.ends")]


def test_an_experiment_states_its_limits_and_says_so_once() -> None:
    assert told(HEAD + "scope: experiment\n") == [(3, "experiment")]
    assert told(HEAD + "scope: experiment\nexperiment: {budget: much, ends: 2026-11-20}\n") == [
        (4, "experiment.budget")
    ]
    assert told(HEAD + "experiment: {budget: 1, ends: 2026-11-20}\n") == [(3, "experiment")]
    assert told(HEAD + "scope: experimnt\nexperiment: {budget: 1, ends: 2026-11-20}\n") == [(3, "scope")]


@pytest.mark.parametrize("path", ["finetune-proposal.yaml", "a/b/finetune-proposal.yml", "a/x.finetune-proposal.yaml"])
def test_a_proposal_is_told_by_its_name(path: str) -> None:
    assert is_proposal(path)
    assert not is_proposal(path + ".bak")
    assert not is_proposal(f"{path}/README.md")


def test_reading_twice_gives_the_same() -> None:
    text = EVERY_FIELD.replace("kind: behavior", "kind: 5").replace("until: 2028", "untill: 2028")
    assert reading(text) == reading(text)


@given(st.binary(max_size=400))
def test_no_bytes_raise(raw: bytes) -> None:
    found = read(raw, opened_on=TODAY)
    assert found.proposal is not None or found.problems


_JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["artifact", "uri", "not_applicable", "x"]), inner)
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*Proposal.model_fields, "other"]), st.dictionaries(st.sampled_from(
    ["baseline", "train", "primary", "prompt", "regression", "production_template", "sources", "rollout", "path"]), _JUNK) | _JUNK))  # fmt: skip
def test_no_document_raises_and_every_problem_has_something_to_do(data: dict[str, object]) -> None:
    found = reading(yaml.safe_dump(data, allow_unicode=True))
    for problem in found.problems:
        assert problem.fix
        assert problem.line >= 1
    assert found.proposal is not None or found.problems
