"""Does every reader answer in a sentence, or with a report, whatever an artifact was turned into?"""

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.readiness.fact import Unavailable
from bot.sources import evals
from bot.sources.evals.items import Wanted
from tests.sources.corpus import CORPUS
from tests.sources.evals import inspect_made, made, made_records

TABLE = made.table("id", "input", "target", "output", "exact", rows=[["a", "q", "1", "1", 1], ["b", "r", "2", "1", 0]])
ASSERTS = (
    made.EQUALS,
    {"type": "regex", "value": "^a", "metric": "m"},
    {"type": "llm-rubric", "provider": {"id": "x"}},
)
ROW = made.graded(1, "4", asserts=ASSERTS, scores={"exact": 1, "m": 0.5})
MLFLOW = made.mlflow(made.logged("exact", 0.5), params=[{"key": "model", "value": "m"}]) | {
    "metric_history": {"exact": [0.4, 0.5]}
}
MLFLOW["run"]["inputs"] = {"dataset_inputs": [{"tags": [], "dataset": {"profile": '{"num_rows": 2}'}}]}
ITEMS = made.items(made.item(1, made.score("exact", 1)), made.item(2, made.score("exact", 0), run="tuned"))
EXPERIMENTS = made.items(made.experiment("prompted", 2, made.score("exact", 1)), made.experiment("tuned", 1))
RECORD_ROWS = [
    made_records.row(
        1, 1.0, evaluation_result_id="r1", answer_attribution=[{"extracted_value": "4", "is_terminal": True}]
    ),
    made_records.row(2, 0.0, messages=[{"role": "assistant", "tool_calls": [{"name": "look"}]}], error="x"),
]
JUDGED = {"judges": [{"model_info": {"id": "acme/judge"}}], "input_prompt": "?"}
SPREAD = {"uncertainty": {"standard_error": {"value": 0.1}, "num_samples": 2}}
RECORD = made_records.record(
    made_records.result(metric="exact", evaluation_result_id="r1", config={"llm_scoring": JUDGED}, details=SPREAD),
    made_records.result("other", metric="exact"),
    detailed_evaluation_results=made_records.sidecar(b"x"),
)
TASK = {"metrics": [{"metric_name": ["exact"], "higher_is_better": {"exact": True}}], "effective_num_docs": 2}
LIGHTEVAL = made_records.lighteval(
    {"t|0": {"exact": 0.5, "exact_stderr": 0.1}, "u|0": {"exact": 1}, "all": {"exact": 0.75}},
    {"t|0": TASK, "u": TASK},
    model_config={"base_model": "acme/base"},
)
CLAIMS = [
    {"dataset": {"id": "a", "task_id": "t"}, "value": 0.5, "date": "2026-11-22", "notes": "n"},
    {"data": {"dataset": {"id": "b"}, "value": "71"}},
]
TYPOS = {"perturbation": {"name": "typos", "prob": 0.1, "computed_on": "perturbed"}}
HELM = {
    "stats.json": [made_records.stat("exact", 0.5), made_records.stat("exact", 1.0, **TYPOS)],
    "per_instance_stats.json": [
        made_records.instance("i1", made_records.stat("exact", 1.0)),
        made_records.instance("i1", made_records.stat("exact", 1.0, **TYPOS), **TYPOS),
    ],
    "run_spec.json": made_records.spec(),
    "scenario_state.json": {
        "adapter_spec": {},
        "request_states": [made_records.request("i1", "q", ["a"], ["A"], output_mapping={"A": "a"})],
    },
}
DOCUMENTS: dict[str, tuple[Any, Any]] = {
    "promptfoo": (made.promptfoo([ROW, made.graded(2, None), made.graded(1, "4", prompt=1)]), None),
    "promptfoo row": (ROW, None),
    "MLflow": (MLFLOW, TABLE),
    "table": (TABLE, None),
    "W&B": (made.WANDB, TABLE),
    "Langfuse items": (ITEMS, None),
    "Langfuse experiments": (EXPERIMENTS, ITEMS),
    "Every Eval Ever": (RECORD, RECORD_ROWS),
    "lighteval": (LIGHTEVAL, None),
    ".eval_results": (CLAIMS, None),
    "HELM": (HELM["stats.json"], None),
    "Inspect": (inspect_made.log(), None),
}
WRONG = st.sampled_from(
    [None, True, False, 0, -1, 1, 3, 10**400, -(10**30), 1e308, 5e-324, "", "NaN", "²", "{{x}}", "2", "file://x", "x" * 400,
     "\u0000\ud7ff`<script>", "9999-12-31T23:59:59-23:00", [], [[]], {}, {"id": []}, {"x": {"value": None}}, ["a", 1, None]]
)  # fmt: skip


def places(document: Any) -> Iterator[tuple[Any, Any]]:
    """Walk every place of a document as a container and a key."""
    pairs = document.items() if isinstance(document, dict) else enumerate(document)
    for key, value in list(pairs):
        yield document, key
        if isinstance(value, dict | list):
            yield from places(value)


def read(artifact: bytes, rows: bytes | None, siblings: Mapping[str, bytes] | None = None) -> None:
    """Read an artifact; what comes of it is a report that can be told, or a sentence."""
    for wanted in (Wanted(), Wanted(name="exact"), Wanted(name="pass")):
        found = evals.read_all(artifact, rows, wanted, siblings)
        if isinstance(found, Unavailable):
            assert found.reason.endswith(".")
            assert found.fix
            continue
        assert found
        assert len({report.run for report in found}) == len(found)
        for report in found:
            assert report.status in ("complete", "partial", "error", "unknown")
            for metric in report.metrics:
                json.dumps([metric.value, metric.recomputed], allow_nan=False)
                assert metric.n is None or metric.n >= 0
        for run in (None, "tuned", found[0].run):
            evals.read(artifact, rows, run, wanted, siblings)


@pytest.mark.parametrize("name", DOCUMENTS)
@settings(max_examples=80)
@given(choices=st.data())
def test_a_document_with_wrong_things_in_it_never_raises(name: str, choices: st.DataObject) -> None:
    document, rows = copy.deepcopy(DOCUMENTS[name])
    spoil(document if rows is None or choices.draw(st.booleans()) else rows, choices)
    read(made.data(document), None if rows is None else made.data(rows))


def spoil(document: Any, choices: st.DataObject) -> None:
    """Put wrong things into some places of a document, or take them away."""
    for _ in range(choices.draw(st.integers(1, 4))):
        found = list(places(document))
        if not found:
            break
        container, key = choices.draw(st.sampled_from(found))
        if choices.draw(st.integers(0, 3)):
            container[key] = copy.deepcopy(choices.draw(WRONG))
        else:
            del container[key]


@settings(max_examples=200)
@given(choices=st.data())
def test_a_folder_with_wrong_things_in_its_files_never_raises(choices: st.DataObject) -> None:
    files = copy.deepcopy(HELM)
    spoil(files[choices.draw(st.sampled_from(sorted(files)))], choices)
    whole = {name: made.data(content) for name, content in files.items()}
    read(whole[choices.draw(st.sampled_from(sorted(whole)))], None, whole)


CARD = """---
base_model: acme/base
model-index:
- name: lora
  results: &r
  - task: {type: text-generation}
    dataset: {name: Tickets, type: acme/tickets, split: test}
    metrics: [{type: exact, value: 0.5}, {type: exact, value: "71", name: b}]
- {name: tuned, results: *r}
---
"""


@settings(max_examples=300)
@given(choices=st.data())
def test_yaml_with_bytes_changed_never_raises(choices: st.DataObject) -> None:
    raw = bytearray(choices.draw(st.sampled_from([CARD, "- dataset: {id: a, task_id: t}\n  value: 71.5\n"])).encode())
    for _ in range(choices.draw(st.integers(0, 4))):
        at = choices.draw(st.integers(0, len(raw) - 1))
        raw[at : at + choices.draw(st.integers(0, 8))] = choices.draw(
            st.sampled_from(
                [b"", b"\n", b"- ", b": ", b"&r ", b"*r", b"[", b"}", b"\t", b"!!x ", b"---\n", b"\xff", b"x" * 400]
            )
        )
    read(bytes(raw), None)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_list_anywhere_an_object_is_expected_never_raises(name: str) -> None:
    for index in range(len(list(places(DOCUMENTS[name][0])))):
        for wrong in ([], {}, "x", None):
            document, rows = copy.deepcopy(DOCUMENTS[name])
            container, key = list(places(document))[index]
            container[key] = wrong
            read(made.data(document), None if rows is None else made.data(rows))


@settings(max_examples=80)
@given(choices=st.data())
def test_a_real_file_with_bytes_changed_never_raises(choices: st.DataObject) -> None:
    parts = ("mlflow", "wandb", "promptfoo", "eee", "helm", "hf-model-index", "git-lfs")
    files = sorted(path for part in parts for path in (CORPUS / "evals" / part).rglob("*.*") if path.is_file())
    raw = bytearray(choices.draw(st.sampled_from(files)).read_bytes())
    for _ in range(choices.draw(st.integers(1, 5))):
        at = choices.draw(st.integers(0, len(raw) - 1))
        raw[at : at + choices.draw(st.integers(0, 3))] = choices.draw(st.binary(max_size=3))
    read(bytes(raw), None)


def found_at(document: Any, pointer: str) -> Any:
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        document = document[int(key)] if isinstance(document, list) else document[key]
    return document


REAL = [path for part in ("mlflow", "wandb", "promptfoo") for path in sorted((CORPUS / "evals" / part).glob("*.json"))]


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_each_pointer_leads_to_its_number(path: Any) -> None:
    document = json.loads(path.read_text())
    reports = evals.read_all(path.read_bytes(), None)
    if isinstance(reports, Unavailable):
        assert path.name.startswith(("artifacts_list", "get_history"))
        return
    for report in reports:
        for metric in report.metrics:
            value = found_at(document, metric.pointer)
            if report.format == "promptfoo":
                at = document["results"]["prompts"][int(metric.pointer.split("/")[3])]["metrics"]
                divisor = 30 if metric.name == "pass" else at["namedScoreWeights"][metric.name]
                assert value / divisor == metric.value
            elif report.format == "logged table":
                assert value == metric.name
            else:
                assert value == ("NaN" if metric.value is None else metric.value)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_made_pointer_leads_somewhere(name: str) -> None:
    document = DOCUMENTS[name][0]
    reports = evals.read_all(made.data(document), None)
    assert not isinstance(reports, Unavailable)
    for metric in (metric for report in reports for metric in report.metrics):
        assert metric.pointer or name == "promptfoo row"
        assert found_at(document, metric.pointer) is not None
