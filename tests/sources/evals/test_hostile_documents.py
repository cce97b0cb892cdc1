"""Does every reader answer in a sentence, or with a report, whatever an artifact was turned into?"""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.readiness.evidence import Unavailable
from bot.sources import evals
from bot.sources.evals.items import Wanted
from tests.sources.corpus import CORPUS
from tests.sources.evals import made

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
DOCUMENTS: dict[str, tuple[Any, Any]] = {
    "promptfoo": (made.promptfoo([ROW, made.graded(2, None), made.graded(1, "4", prompt=1)]), None),
    "promptfoo row": (ROW, None),
    "MLflow": (MLFLOW, TABLE),
    "table": (TABLE, None),
    "W&B": (made.WANDB, TABLE),
    "Langfuse items": (ITEMS, None),
    "Langfuse experiments": (EXPERIMENTS, ITEMS),
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


def read(artifact: bytes, rows: bytes | None) -> None:
    """Read an artifact; what comes of it is a report that can be told, or a sentence."""
    for wanted in (Wanted(), Wanted(name="exact"), Wanted(name="pass")):
        found = evals.read_all(artifact, rows, wanted)
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
            evals.read(artifact, rows, run, wanted)


@pytest.mark.parametrize("name", DOCUMENTS)
@settings(max_examples=80, deadline=None)
@given(choices=st.data())
def test_a_document_with_wrong_things_in_it_never_raises(name: str, choices: st.DataObject) -> None:
    document, rows = copy.deepcopy(DOCUMENTS[name])
    which = document if rows is None or choices.draw(st.booleans()) else rows
    for _ in range(choices.draw(st.integers(1, 4))):
        found = list(places(which))
        if not found:
            break
        container, key = choices.draw(st.sampled_from(found))
        if choices.draw(st.integers(0, 3)):
            container[key] = copy.deepcopy(choices.draw(WRONG))
        else:
            del container[key]
    read(made.data(document), None if rows is None else made.data(rows))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_list_anywhere_an_object_is_expected_never_raises(name: str) -> None:
    for index in range(len(list(places(DOCUMENTS[name][0])))):
        for wrong in ([], {}, "x", None):
            document, rows = copy.deepcopy(DOCUMENTS[name])
            container, key = list(places(document))[index]
            container[key] = wrong
            read(made.data(document), None if rows is None else made.data(rows))


@settings(max_examples=40, deadline=None)
@given(choices=st.data())
def test_a_real_file_with_bytes_changed_never_raises(choices: st.DataObject) -> None:
    files = sorted(path for part in ("mlflow", "wandb", "promptfoo") for path in (CORPUS / "evals" / part).glob("*.*"))
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
