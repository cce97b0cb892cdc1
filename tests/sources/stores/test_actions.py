"""Is an artifact of a workflow run asked of the forge, and nothing else?"""

import pytest

from bot.readiness import link
from bot.readiness.fact import Grade, Known, Source, Trouble
from bot.readiness.schema import LinkField
from bot.sources.stores.actions import ActionsStore
from tests.sources.stores.loopback import Attachments, pin, place, read, trouble

URI = "actions://7312/eval-results/runs/r.json"


class Kept(Attachments):
    def workflow_artifact(self, run_id: int, name: str, path: str, *, max_bytes: int) -> Known[bytes]:
        super().workflow_artifact(run_id, name, path, max_bytes=max_bytes)
        return Known(b"{}", Source(URI, Grade.A, "0" * 64))


def test_the_forge_is_asked_and_its_grade_stays() -> None:
    kept = Kept()
    fact = ActionsStore().read(LinkField(uri=URI), link.parse(URI), place(attachments=kept), 55)
    assert fact == Known(b"{}", Source(URI, Grade.A, "0" * 64))
    assert kept.asked == [(7312, "eval-results", "runs/r.json", 55)]


def test_why_the_forge_has_nothing_is_said_as_it_says_it() -> None:
    kept = Attachments()
    fact = ActionsStore().read(LinkField(uri=URI), link.parse(URI), place(attachments=kept), 55)
    assert getattr(fact, "reason", None) == "an artifact"


@pytest.mark.parametrize("uri", ["actions://7312/eval-results/", f"actions://{'9' * 19}/a/b", "actions://٣/a/b"])
def test_what_names_no_file_of_a_run_is_not_asked_for(uri: str) -> None:
    kept = Attachments()
    fact = trouble(ActionsStore().read(LinkField(uri=uri), link.parse(uri), place(attachments=kept), 55))
    assert (fact.trouble, kept.asked) == (Trouble.DEFINITIVE, [])
    assert "actions://RUN_ID/ARTIFACT/PATH" in (fact.fix or "")
    assert trouble(read(ActionsStore(), uri)).reason == fact.reason


def test_only_a_digest_pins_an_artifact() -> None:
    assert (pin(ActionsStore(), URI), pin(ActionsStore(), URI, sha256="0" * 64)) == (None, f"sha256:{'0' * 64}")
