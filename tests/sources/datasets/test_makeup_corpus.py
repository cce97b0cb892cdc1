"""Do sets that people really train on stand up to what is asked of rows? Behavior sets of the corpus are accused of nothing."""

import gzip
from typing import Any

import pytest

from bot.readiness.data_profile import DataProfile
from bot.sources.datasets import profile
from bot.wiring import policy
from tests.sources.corpus import CORPUS, expected

JUDGED: dict[str, dict[str, Any]] = {
    name: known
    for name, known in expected("datasets").items()
    if isinstance(known, dict) and known.get("label") == "behaviour" and "openai-chat" in known["profile"]
}
TEMPLATE = float(policy().number("examples-are-diverse", "template", "remark"))


def of(name: str) -> DataProfile:
    raw = (CORPUS / "datasets" / name).read_bytes()
    found = profile(gzip.decompress(raw) if name.endswith(".gz") else raw, "openai-chat", "sft")
    assert isinstance(found, DataProfile)
    return found


@pytest.mark.parametrize("name", JUDGED)
def test_a_set_that_teaches_behavior_is_accused_of_nothing(name: str) -> None:
    found = of(name)
    assert found.answers is not None
    assert found.variety is not None
    assert found.variety.template <= TEMPLATE * found.variety.inputs
    assert found.answers.refusals <= 0.05 * found.answers.given
    assert found.answers.unread == 0
    calling = "toolcalls" in name
    assert (found.answers.calls == found.answers.rows) is calling
    assert (found.answers.calls == 0) is not calling


@pytest.mark.parametrize(
    ("name", "field", "labels"),
    [
        ("blind_clinc_domain_label.jsonl.gz", "", 10),
        ("blind_clinc_domain_router_json.jsonl.gz", "route", 10),
        ("w_ticket_priority_label.jsonl", "", 4),
        ("w_ticket_triage_json.jsonl", "category", 6),
    ],
)
def test_labels_of_a_closed_set_are_found_where_they_stand(name: str, field: str, labels: int) -> None:
    found = {each.name: each for each in of(name).label_fields or ()}
    assert found[field].labels == labels
    assert found[field].fewest[0].rows >= 10
