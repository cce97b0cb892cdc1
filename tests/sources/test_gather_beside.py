"""Are the files that lie beside an artifact read with it, and is what was concluded of them forgotten when they change?"""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import yaml

from bot.readiness import proposal
from bot.readiness.eval_report import EvalReport
from bot.readiness.fact import Fact, Grade, Known, Trouble, Unavailable
from bot.sources.gather import Gatherer
from tests.sources.evals.made_records import folder, instance, request, spec, stat
from tests.sources.test_gather import HEAD, Files, Memory, around

STATS = [stat("exact_match", 0.5)]
ROWS = [instance("id1", stat("exact_match", 1.0)), instance("id2", stat("exact_match", 0.0))]
STATE = [request("id1", "Where?", ["here"], ["here"]), request("id2", "Who?", ["you"], ["me"])]
AT = "tickets/evals/run/"
INSTANCES = AT + "per_instance_stats.json"
BROKEN = (  # what a file that cannot be reached is answered with
    Unavailable("GitHub is down.", Trouble.PASSING),
    Unavailable("It has 200,000,000 bytes.", Trouble.DEFINITIVE),
)


def files(*content: Any) -> Files:
    made = folder(*content) if content else folder(STATS, ROWS, spec())
    return Files({AT + name: raw for name, raw in made.items()})


def gathered(
    there: Files, link: Any = "evals/run/stats.json", memory: Memory | None = None, commit: str = HEAD
) -> Fact[EvalReport]:
    text = yaml.safe_dump({"version": 1, "adapter": "a", "eval": {"baseline": {"artifact": link}}}).encode()
    reading = proposal.read(text, opened_on=date(2026, 1, 1))
    assert reading.proposal is not None
    where = replace(around(there), facts=memory, commit=commit)
    return Gatherer().gather(reading.proposal, "tickets/finetune-proposal.yaml", where).evals["eval.baseline"]


def items(fact: Fact[EvalReport]) -> int:
    assert isinstance(fact, Known), fact
    return len(fact.value.metrics[0].items)


@pytest.mark.parametrize("link", ["evals/run/stats.json", "/tickets/evals/run/per_instance_stats.json", "./evals/run/run_spec.json"])  # fmt: skip
def test_the_files_of_a_run_are_read_whichever_is_linked(link: str) -> None:
    there = files(STATS, ROWS, spec(), STATE)
    fact = gathered(there, link)
    assert isinstance(fact, Known)
    (metric,) = fact.value.metrics
    assert (metric.task, metric.n, metric.recomputed, metric.rescored) == ("tickets:lang=en", 2, 0.5, "text")
    assert fact.source.grade is Grade.B
    assert set(there.reads) == set(there.files)
    assert set(there.reads.values()) == {1}


def test_a_folder_is_no_file() -> None:
    there = files()
    there.files[AT.rstrip("/")] = Unavailable("`tickets/evals/run` is a folder.", Trouble.DEFINITIVE)
    fact = gathered(there, "evals/run")
    assert isinstance(fact, Unavailable)
    assert fact.trouble is Trouble.DEFINITIVE


def test_what_lies_beside_it_and_is_not_pinned_lowers_the_grade() -> None:
    there = files()
    there.grade = Grade.D
    fact = gathered(there)
    assert isinstance(fact, Known)
    assert fact.source.grade is Grade.D


def test_a_file_that_is_not_there_is_left_out() -> None:
    there = files(STATS)
    assert items(gathered(there)) == 0
    assert there.reads[INSTANCES] == 1


def test_a_file_that_cannot_be_reached_makes_the_answer_wait() -> None:
    there = files()
    there.files[INSTANCES] = BROKEN[0]
    assert gathered(there) == BROKEN[0]
    there.files[INSTANCES] = BROKEN[1]
    assert items(gathered(there)) == 0


def test_an_unchanged_folder_is_neither_fetched_nor_read_again() -> None:
    there, memory = files(), Memory()
    first = gathered(there, memory=memory)
    there.reads.clear()
    again = gathered(there, memory=memory, commit="6" * 40)
    assert not there.reads
    assert isinstance(first, Known)
    assert isinstance(again, Known)
    assert again.value == first.value


def test_a_changed_file_beside_an_unchanged_one_is_read_anew() -> None:
    there, memory = files(), Memory()
    assert items(gathered(there, memory=memory)) == 2
    there.files[INSTANCES] = json.dumps(ROWS[:1]).encode()
    assert items(gathered(there, memory=memory)) == 1
    del there.files[INSTANCES]
    assert items(gathered(there, memory=memory)) == 0
    there.files[INSTANCES] = json.dumps(ROWS).encode()
    assert items(gathered(there, memory=memory)) == 2


class Unlisted(Files):
    """A repository whose files nobody listed yet: no content has a name before it is read."""

    def pin(self, path: str) -> str | None:
        return None


def test_what_was_concluded_before_the_files_were_listed_holds_only_for_the_same_ones() -> None:
    there, memory = files(), Memory()
    unlisted = Unlisted(there.files)
    assert items(gathered(unlisted, memory=memory)) == 2
    there.reads.clear()
    assert items(gathered(there, memory=memory)) == 2
    assert not there.reads
    del there.files[INSTANCES]
    assert items(gathered(there, memory=memory)) == 0


def test_where_nothing_has_a_name_the_files_beside_it_are_always_looked_at() -> None:
    there, memory = Unlisted(files().files), Memory()
    assert items(gathered(there, memory=memory)) == 2
    there.files[INSTANCES] = json.dumps(ROWS[:1]).encode()
    assert items(gathered(there, memory=memory)) == 1
