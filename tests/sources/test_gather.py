"""Does a gathering read what the checks look at, each file once, and turn whatever goes wrong into a fact?"""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import yaml

from bot import ports
from bot.readiness import proposal
from bot.readiness.data_profile import DataProfile
from bot.readiness.eval_report import EvalReport
from bot.readiness.evidence import Evidence
from bot.readiness.fact import Fact, Grade, Known, Source, Trouble, Unavailable
from bot.readiness.ownership import Consent, Person, Team
from bot.sources.gather import Gatherer
from bot.sources.offline import NoAttachments, NoHistory
from tests.sources.lm_eval_files import Run, sample

HEAD = "5" * 40
RUN = Run([sample(n, answer="64" if n % 2 else "65") for n in range(10)])
TRAIN = b"".join(
    json.dumps(
        {"messages": [{"role": "user", "content": f"Ticket {n}"}, {"role": "assistant", "content": "ok"}]}
    ).encode()
    + b"\n"
    for n in range(3)
)


class Files:
    """A repository at a commit, that notes what is read of it."""

    def __init__(self, files: dict[str, bytes | Unavailable], grade: Grade = Grade.C) -> None:
        self.files = files
        self.grade = grade
        self.reads: Counter[str] = Counter()

    def pin(self, path: str) -> str | None:
        content = self.files.get(path)
        return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest() if isinstance(content, bytes) else None

    def read(self, path: str, *, max_bytes: int) -> Known[bytes] | Unavailable:
        self.reads[path] += 1
        content = self.files.get(path, Unavailable(f"There is no file `{path}` at this commit.", Trouble.DEFINITIVE))
        if isinstance(content, Unavailable):
            return content
        if len(content) > max_bytes:
            return Unavailable(f"`{path}` has {len(content):,} bytes.", Trouble.DEFINITIVE)
        return Known(content, Source(path, self.grade, hashlib.sha256(content).hexdigest(), HEAD, len(content)))


class People:
    """A directory that knows one person, and who has consented."""

    def __init__(self, *given: Consent) -> None:
        self.given = given
        self.asked: tuple[str, ...] | None = None

    def person(self, login: str) -> Fact[Person]:
        if login == "ana-lopes":
            return Known(Person(login, 1, "User", True, "none"), Source(f"github:{login}", Grade.A))
        return Unavailable(f"GitHub knows no account `{login}`.", Trouble.DEFINITIVE)

    def team(self, name: str) -> Fact[Team]:
        return Known(Team(name.partition("/")[2], 5), Source(f"github:{name}", Grade.A))

    def consents(self, logins: Sequence[str]) -> Fact[tuple[Consent, ...]]:
        self.asked = tuple(logins)
        return Known(self.given, Source("github:acme/models#5", Grade.A))

    def approving_leads(self, named: Sequence[str]) -> Fact[tuple[Consent, ...]]:
        self.leads = tuple(named)
        approvals = tuple(each for each in self.given if each.how == "review")
        return Known(approvals, Source("github:acme/models#5", Grade.A))


def repository(**changes: bytes | Unavailable) -> Files:
    files: dict[str, bytes | Unavailable] = {
        "tickets/evals/results.json": RUN.artifact(),
        "tickets/evals/samples.jsonl": RUN.samples(),
        "tickets/data/train.jsonl": TRAIN,
        "docs/slo.md": "Why 0.92: café".encode(),
    }
    return Files(files | {path.replace("__", "/").replace("_dot_", "."): content for path, content in changes.items()})


def around(files: Files) -> ports.Surroundings:
    return ports.Surroundings(files, People(), NoHistory(), NoAttachments())


def gather(claims: dict[str, Any], files: Files, path: str = "tickets/finetune-proposal.yaml") -> Evidence:
    text = yaml.safe_dump({"version": 1, "adapter": "ticket-router"} | claims).encode()
    reading = proposal.read(text, opened_on=date(2026, 1, 1))
    assert reading.proposal is not None
    return Gatherer().gather(reading.proposal, path, around(files))


def run(artifact: Any = "evals/results.json", rows: Any = "evals/samples.jsonl", **more: Any) -> dict[str, Any]:
    return {name: value for name, value in ({"artifact": artifact, "rows": rows} | more).items() if value is not None}


def baseline(files: Files, **linked: Any) -> Fact[EvalReport]:
    return gather({"eval": {"baseline": run(**linked)}}, files).evals["eval.baseline"]


def trouble(fact: Fact[Any]) -> Unavailable:
    assert isinstance(fact, Unavailable), fact
    return fact


def test_a_run_with_rows_is_known_by_them() -> None:
    files = repository()
    fact = baseline(files)
    assert isinstance(fact, Known)
    assert fact.value.metrics[0].recomputed == 0.5
    assert fact.source == Source(
        "tickets/evals/results.json",
        Grade.B,
        hashlib.sha256(RUN.artifact()).hexdigest(),
        HEAD,
        len(RUN.artifact()),
    )
    assert fact.value.rows_sha256 == hashlib.sha256(RUN.samples()).hexdigest()


def test_an_aggregate_without_rows_is_of_a_lower_grade() -> None:
    fact = baseline(repository(), rows=None)
    assert isinstance(fact, Known)
    assert (fact.source.grade, fact.value.has_rows) == (Grade.C, False)


def test_rows_that_do_not_prove_the_value_raise_no_grade() -> None:
    files = repository(tickets__evals__samples_dot_jsonl=b"".join(RUN.samples().splitlines(keepends=True)[:4]))
    fact = baseline(files)
    assert isinstance(fact, Known)
    assert fact.value.rows_note is not None
    assert fact.source.grade is Grade.C


def test_what_is_not_pinned_is_not_raised_by_its_rows() -> None:
    files = repository()
    files.grade = Grade.D
    fact = baseline(files)
    assert isinstance(fact, Known)
    assert fact.source.grade is Grade.D


def test_rows_alone_stand_for_their_artifact() -> None:
    rows = b'{"input": "a", "score": 1}\n{"input": "b", "score": 0}\n'
    files = Files({"rows.jsonl": rows})
    for linked in (run(None, "/rows.jsonl"), run("/rows.jsonl", None), run("/rows.jsonl", "/rows.jsonl")):
        fact = gather({"eval": {"baseline": linked}}, files).evals["eval.baseline"]
        assert isinstance(fact, Known)
        assert (fact.value.metrics[0].value, fact.source.grade) == (0.5, Grade.B)


def test_every_linked_run_is_read_and_an_excused_lever_is_none() -> None:
    claims = {
        "eval": {"baseline": run(), "untuned": run(), "candidate": run()},
        "tried": {
            "small_prompted": run(),
            "few_shot": run(),
            "prompt": run(),
            "retrieval": {"not_applicable": "input_is_complete"},
        },
        "training": {"teacher": run()},
    }
    found = gather(claims, repository()).evals
    assert set(found) == {
        *("eval.baseline", "eval.untuned", "eval.candidate"),
        *("tried.small_prompted", "tried.few_shot", "tried.prompt", "training.teacher"),
    }
    assert all(isinstance(fact, Known) for fact in found.values())


def test_a_lever_that_is_excused_and_a_run_without_a_link_have_no_entry() -> None:
    claims = {
        "eval": {"baseline": {"model": "m"}},
        "tried": {"small_prompted": {"not_applicable": "over_cost_budget", "why": "x"}},
    }
    assert gather(claims, repository()).evals == {}
    found = gather({}, repository())
    assert Evidence(histories=found.histories, bars=found.bars) == found


def test_a_file_that_is_linked_often_is_read_once() -> None:
    files = repository()
    claims = {
        "eval": {"baseline": run(), "untuned": run("/tickets/evals/results.json"), "threshold_source": "/docs/slo.md"},
        "tried": {"few_shot": run("../tickets/evals/results.json", "./evals/samples.jsonl")},
        "data": {"train": {"path": "data/train.jsonl"}},
    }
    gather(claims, files)
    assert set(files.reads.values()) == {1}
    assert len(files.reads) == 4


def test_training_data_is_counted_row_by_row() -> None:
    evidence = gather({"data": {"train": {"path": "data/train.jsonl"}}, "training": {"method": "sft"}}, repository())
    fact = evidence.data["data.train"]
    assert isinstance(fact, Known)
    assert isinstance(fact.value, DataProfile)
    assert (fact.value.rows, fact.value.format) == (3, "openai-chat")
    assert (fact.source.grade, fact.source.sha256) == (Grade.B, hashlib.sha256(TRAIN).hexdigest())


def test_the_method_is_what_the_rows_are_held_to() -> None:
    claims = {"data": {"train": {"path": "data/train.jsonl", "format": "openai-chat"}}, "training": {"method": "rft"}}
    fact = gather(claims, repository()).data["data.train"]
    assert isinstance(fact, Known)
    assert fact.value.fault_counts == {"last_role": 3}


def test_the_owner_is_looked_up_by_the_login_as_typed() -> None:
    people = gather({"owner": {"primary": "ana-lopes"}}, repository()).people
    assert isinstance(people["ana-lopes"], Known)
    assert "no account" in trouble(gather({"owner": {"primary": "nobody"}}, repository()).people["nobody"]).reason


def test_small_texts_are_read() -> None:
    claims = {
        "eval": {"threshold_source": "/docs/slo.md", "holdout": {"label_audit": "audit.csv"}},
        "data": {"label_audit": "missing.csv"},
    }
    texts = gather(claims, repository(tickets__audit_dot_csv=b"row,verdict\n1,right\n\xff")).texts
    slo, audit = texts["eval.threshold_source"], texts["eval.holdout.label_audit"]
    assert isinstance(slo, Known)
    assert isinstance(audit, Known)
    assert (slo.value, slo.source.size) == ("", len("Why 0.92: café".encode()))
    assert audit.value == ""  # a verdict that is none: it counts for nothing
    assert trouble(texts["data.label_audit"]).trouble is Trouble.DEFINITIVE


def test_a_link_that_leaves_the_repository_is_not_followed() -> None:
    files = repository()
    fact = trouble(baseline(files, artifact="../../etc/passwd"))
    assert fact.trouble is Trouble.DEFINITIVE
    assert fact.reason == "The link cannot be followed: this link leaves the repository."
    assert not files.reads


@pytest.mark.parametrize(
    ("uri", "scheme"),
    [
        ("https://example.org/results.json", "https"),
        ("hf://datasets/acme/evals@main/results.json", "hf"),
        ("s3://bucket/results.json?version=1", "s3"),
        ("mlflow://host/run/results.json", "mlflow"),
        ("wandb://acme/project/run", "wandb"),
        ("actions://123/evals/results.json", "actions"),
    ],
)
def test_a_store_that_is_not_open_is_not_held_against_the_team(uri: str, scheme: str) -> None:
    for linked in ({"artifact": uri}, {"rows": uri}):
        fact = trouble(baseline(repository(), **linked))
        assert fact.trouble is Trouble.NOT_SUPPORTED
        assert fact.reason == f"Links of {scheme}:// are not followed here."
        assert fact.fix


def test_a_digest_that_differs_is_told_with_both() -> None:
    digest = hashlib.sha256(RUN.artifact()).hexdigest()
    assert isinstance(baseline(repository(), artifact={"uri": "evals/results.json", "sha256": digest}), Known)
    for linked in (
        {"artifact": {"uri": "evals/results.json", "sha256": "0" * 64}},
        {"rows": {"uri": "evals/samples.jsonl", "sha256": "0" * 64}},
    ):
        fact = trouble(baseline(repository(), **linked))
        assert fact.trouble is Trouble.DEFINITIVE
        assert "differs: the link says 000000000000…" in fact.reason
    assert (
        digest[:12]
        in trouble(baseline(repository(), artifact={"uri": "evals/results.json", "sha256": "0" * 64})).reason
    )


def test_a_pin_to_the_head_commit_is_met_and_another_one_is_not_read_instead() -> None:
    assert isinstance(baseline(repository(), artifact={"uri": "evals/results.json", "revision": HEAD[:9]}), Known)
    fact = trouble(baseline(repository(), artifact={"uri": "evals/results.json", "revision": "main"}))
    assert fact.trouble is Trouble.NOT_SUPPORTED
    assert "pinned to the revision main" in fact.reason


@pytest.mark.parametrize("kind", [Trouble.DEFINITIVE, Trouble.PASSING])
@pytest.mark.parametrize("name", ["results.json", "samples.jsonl"])
def test_a_file_that_cannot_be_read_is_passed_on_as_it_is(name: str, kind: Trouble) -> None:
    fact = Unavailable("GitHub says 503.", kind, "Wait.")
    files = repository()
    files.files[f"tickets/evals/{name}"] = fact
    assert baseline(files) == fact


def test_the_run_is_handed_to_the_reader() -> None:
    fact = baseline(repository(), run="tuned")
    assert isinstance(fact, Known)
    assert "`run: tuned` is not needed" in fact.value.warnings[0]


def test_one_gatherer_serves_many_proposals() -> None:
    gatherer = Gatherer()
    for number in range(3):
        reading = proposal.read(
            b"version: 1\nadapter: a\neval: {baseline: {artifact: r.json}}", opened_on=date(2026, 1, 1)
        )
        assert reading.proposal is not None
        artifact = replace(RUN, value=number / 10).artifact()
        evidence = gatherer.gather(reading.proposal, "p.yaml", around(Files({"r.json": artifact})))
        fact = evidence.evals["eval.baseline"]
        assert isinstance(fact, Known)
        assert fact.value.metrics[0].value == number / 10


class Memory:
    """Facts in memory, that count what was asked and drawn."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, Any]] = {}

    def get(self, name: str) -> dict[str, Any] | None:
        return self.kept.get(name)

    def put(self, name: str, fact: dict[str, Any]) -> None:
        self.kept[name] = json.loads(json.dumps(fact))


def remembered(files: Files, memory: Memory, commit: str, *, metric: str | None = None) -> Evidence:
    wanted = {"metric": {"name": metric}} if metric else {}
    claims = {"eval": {"baseline": run(), **wanted}, "data": {"train": {"path": "data/train.jsonl"}}}
    text = yaml.safe_dump({"version": 1, "adapter": "ticket-router"} | claims).encode()
    reading = proposal.read(text, opened_on=date(2026, 1, 1))
    assert reading.proposal is not None
    where = replace(around(files), facts=memory, commit=commit)
    return Gatherer().gather(reading.proposal, "tickets/finetune-proposal.yaml", where)


def test_an_unchanged_file_is_neither_fetched_nor_read_again() -> None:
    files, memory = repository(), Memory()
    first = remembered(files, memory, HEAD)
    files.reads.clear()
    again = remembered(files, memory, "6" * 40)
    assert not files.reads
    run_then, run_now = first.evals["eval.baseline"], again.evals["eval.baseline"]
    assert isinstance(run_then, Known)
    assert isinstance(run_now, Known)
    assert run_now.value == run_then.value
    assert run_now.source == replace(run_then.source, revision="6" * 40)
    assert again.data == {"data.train": replace_revision(first.data["data.train"])}


def replace_revision(fact: Fact[Any]) -> Fact[Any]:
    assert isinstance(fact, Known)
    return Known(fact.value, replace(fact.source, revision="6" * 40))


def test_what_a_conclusion_depends_on_is_part_of_its_name() -> None:
    files, memory = repository(), Memory()
    remembered(files, memory, HEAD)
    files.reads.clear()
    remembered(files, memory, HEAD, metric="exact_match")  # other rows are kept of the same bytes
    assert set(files.reads) == {"tickets/evals/results.json", "tickets/evals/samples.jsonl"}
    files.files["tickets/evals/samples.jsonl"] = RUN.samples() + b"\n"
    files.reads.clear()
    remembered(files, memory, HEAD)
    assert set(files.reads) == {"tickets/evals/results.json", "tickets/evals/samples.jsonl"}


def test_what_could_not_be_read_is_not_remembered() -> None:
    files, memory = repository(), Memory()
    files.files["tickets/evals/samples.jsonl"] = Unavailable("GitHub is down.", Trouble.PASSING)
    remembered(files, memory, HEAD)
    files.files["tickets/evals/samples.jsonl"] = RUN.samples()
    assert isinstance(remembered(files, memory, HEAD).evals["eval.baseline"], Known)


def test_no_text_of_a_row_is_remembered() -> None:
    files, memory = repository(), Memory()
    remembered(files, memory, HEAD)
    kept = json.dumps(memory.kept)
    assert "Ticket 1" not in kept
    assert '"64"' not in kept


@pytest.mark.parametrize("uri", ["finetune-proposal.yaml", "/tickets/finetune-proposal.yaml", "./evals/results.json"])
def test_the_bar_is_not_its_own_source(uri: str) -> None:
    files = repository(tickets__finetune_proposal_dot_yaml=b"x")
    files.files["tickets/finetune-proposal.yaml"] = b"x"
    claims = {"eval": {"baseline": run(), "threshold_source": uri}}
    fact = trouble(gather(claims, files).texts["eval.threshold_source"])
    assert fact.trouble is Trouble.DEFINITIVE
    assert "the proposal itself" in fact.reason


PLANNED = {"pilot": "data/train.jsonl", "source": "/docs/slo.md", "target": 1500}


def test_the_pilot_of_a_plan_is_counted_as_a_training_file_is() -> None:
    files = repository()
    claims = {"training": {"method": "sft"}, "eval": {"holdout": {"path": "data/train.jsonl"}}}
    planned = gather(claims | {"data": {"curation_plan": PLANNED}}, files)
    linked = gather(claims | {"data": {"train": {"path": "data/train.jsonl"}}}, files)
    assert planned.data == {"data.curation_plan.pilot": linked.data["data.train"]}
    source = planned.texts["data.curation_plan.source"]
    assert isinstance(source, Known)
    assert (source.value, source.source.uri) == ("", "docs/slo.md")  # that it leads somewhere is all that is asked


def test_the_format_that_is_named_holds_for_the_pilot_too() -> None:
    claims = {"data": {"train": {"format": "kto"}, "curation_plan": PLANNED}, "training": {"method": "kto"}}
    fact = gather(claims, repository()).data["data.curation_plan.pilot"]
    assert isinstance(fact, Known)
    assert (fact.value.format, fact.value.valid) == ("kto", 0)


def test_a_plan_beside_a_training_file_is_not_read() -> None:
    files = repository(tickets__data__pilot_dot_jsonl=TRAIN)
    claims = {"data": {"train": {"path": "data/train.jsonl"}, "curation_plan": PLANNED | {"pilot": "data/pilot.jsonl"}}}
    found = gather(claims, files)
    assert set(found.data) == {"data.train"}
    assert "data.curation_plan.source" not in found.texts
    assert files.reads["tickets/data/pilot.jsonl"] == 0


def test_the_source_of_a_plan_may_be_a_whole_export() -> None:
    files = repository(docs__export_dot_csv=b"x" * 6_000_000)
    found = gather({"data": {"curation_plan": PLANNED | {"source": "/docs/export.csv"}}}, files)
    assert isinstance(found.texts["data.curation_plan.source"], Known)


@pytest.mark.parametrize("uri", ["finetune-proposal.yaml", "./data/train.jsonl", "/tickets/data/train.jsonl"])
def test_neither_the_proposal_nor_its_pilot_is_the_source_of_a_plan(uri: str) -> None:
    files = repository()
    files.files["tickets/finetune-proposal.yaml"] = b"x"
    found = trouble(
        gather({"data": {"curation_plan": PLANNED | {"source": uri}}}, files).texts["data.curation_plan.source"]
    )
    assert found.trouble is Trouble.DEFINITIVE
    assert "the proposal itself, or the plan's own pilot" in found.reason
    assert found.fix


WORKFLOW = b'on: {schedule: [{cron: "0 6 * * 1"}]}\njobs: {watch: {}}\n'


def test_what_watches_for_drift_is_read_from_where_github_runs_it() -> None:
    files = repository(_dot_github__workflows__drift_dot_yml=WORKFLOW, **{"tickets/ops/eval.md": b"We look weekly."})
    links = {
        "data": "/.github/workflows/drift.yml",
        "base_model": ".github/workflows/drift.yml",
        "eval": "ops/eval.md",
    }
    found = gather({"owner": {"drift_checks": links}}, files).schedules
    known = found["owner.drift_checks.data"]
    assert isinstance(known, Known)
    assert (known.value.expressions, known.value.longest_gap) == (("0 6 * * 1",), 7)
    assert (known.source.uri, known.source.grade) == (".github/workflows/drift.yml", Grade.C)
    beside = trouble(found["owner.drift_checks.base_model"])
    assert (beside.trouble, beside.fix) == (
        Trouble.DEFINITIVE,
        "Write `/.github/workflows/drift.yml`: a path without `/` begins at the proposal's folder.",
    )
    assert "no schedule" in trouble(found["owner.drift_checks.eval"]).reason


def test_a_rollback_plan_is_counted_and_the_proposal_is_none() -> None:
    files = repository(**{"tickets/docs/rollback.md": b"Back to the baseline.\n1. Flip the flag.\n"})
    (fact,) = gather({"owner": {"rollback": "docs/rollback.md"}}, files).plans.values()
    assert isinstance(fact, Known)
    assert (fact.value.words, fact.value.steps, fact.value.names_target) == (8, 1, True)
    (own,) = gather({"owner": {"rollback": "finetune-proposal.yaml"}}, files).plans.values()
    assert "the proposal itself" in trouble(own).reason


def people_of(
    owner: dict[str, Any], *given: Consent, earlier: tuple[ports.Earlier, ...] = ()
) -> tuple[Evidence, People]:
    text = yaml.safe_dump({"version": 1, "adapter": "ticket-router", "owner": owner}).encode()
    reading = proposal.read(text, opened_on=date(2026, 1, 1))
    assert reading.proposal is not None
    people = People(*given)
    place = ports.Surroundings(repository(), people, NoHistory(), NoAttachments(), commit=HEAD)
    return Gatherer().gather(reading.proposal, "finetune-proposal.yaml", place, earlier), people


def test_owner_backup_and_team_are_looked_up_once_each() -> None:
    found, people = people_of({"primary": "ana-lopes", "backup": "ana-lopes", "team": "acme/ml"})
    assert list(found.people) == ["ana-lopes"]
    assert isinstance(found.teams["acme/ml"], Known)
    assert people.asked == ("ana-lopes",)


def test_nobody_s_word_is_asked_for_where_nobody_is_named() -> None:
    found, people = people_of({"team": "acme/ml"})
    assert (found.consents, people.asked) == ({}, None)


@pytest.mark.parametrize(
    ("then", "outdated"),
    [
        ({"primary": "ana-lopes", "until": "2028-01-01"}, False),
        ({"primary": "ana-lopes", "until": "2028-01-01", "rollback": "docs/old.md"}, False),
        ({"primary": "ana-lopes", "until": "2027-06-01"}, True),
        ({"primary": "somebody", "until": "2028-01-01"}, True),
        (None, True),
    ],
)
def test_an_approval_of_an_earlier_head_counts_while_the_promise_is_the_same(
    then: dict[str, Any] | None, outdated: bool
) -> None:
    head = "4" * 40
    before = yaml.safe_dump({"version": 1, "adapter": "ticket-router", "owner": then}).encode()
    read = proposal.read(before, opened_on=date(2026, 1, 1)).proposal
    earlier = (ports.Earlier(head, read),) if then and read else ()
    approval, present = Consent("ana-lopes", 1, "review", head), Consent("ana-lopes", 1, "review", HEAD)
    owner = {"primary": "ana-lopes", "until": "2028-01-01"}
    found, _ = people_of(owner, approval, present, Consent("x", 2, "comment"), earlier=earlier)
    fact = found.consents["pull_request"]
    assert isinstance(fact, Known)
    assert [consent.outdated for consent in fact.value] == [outdated, False, False]


def test_both_sides_of_a_rollout_are_read_from_one_file() -> None:
    metrics = [
        {"task": side, "name": "accepted", "direction": "higher", "value": 0.5, "n": 4}
        for side in ("baseline", "tuned")
    ]
    rows = [{"task": side, "input": f"request {n}", "score": n % 2} for side in ("baseline", "tuned") for n in range(4)]
    files = repository(
        **{
            "tickets/evals/canary.json": json.dumps({"format": "tunegate-eval/1", "metrics": metrics}).encode(),
            "tickets/evals/canary.jsonl": b"".join(json.dumps(row).encode() + b"\n" for row in rows),
        }
    )
    evidence = {"artifact": "evals/canary.json", "rows": "evals/canary.jsonl"}
    claims = {"serving": {"rollout_evidence": evidence}, "eval": {"metric": {"name": "exact_match"}}}
    fact = gather(claims, files).evals["serving.rollout_evidence"]
    assert isinstance(fact, Known)
    assert [(m.task, len(m.items), m.recomputed) for m in fact.value.metrics] == [
        ("baseline", 4, 0.5),
        ("tuned", 4, 0.5),
    ]
    keys = [{item.key for item in metric.items} for metric in fact.value.metrics]
    assert keys[0] == keys[1]
    assert fact.source.grade is Grade.B


@pytest.mark.parametrize(("output", "named"), [("closed_set", True), ("structured", False), ("free_text", False)])
def test_labels_are_named_of_a_declared_closed_set_only(output: str, named: bool) -> None:
    answers = [
        json.dumps({"category": "refund", "customer": "Anna Costa"}),
        json.dumps({"category": "late", "customer": "B"}),
    ]
    rows = [
        {"messages": [{"role": "user", "content": f"Ticket {n}"}, {"role": "assistant", "content": answers[n % 2]}]}
        for n in range(6)
    ]
    files = repository(**{"tickets/data/train.jsonl": "\n".join(map(json.dumps, rows)).encode()})
    found = gather({"task": {"output": output}, "data": {"train": {"path": "data/train.jsonl"}}}, files)
    fact = found.data["data.train"]
    assert isinstance(fact, Known)
    assert [(field.name, field.labels, field.rows) for field in fact.value.label_fields or ()] == [
        ("category", 2, 6),
        ("customer", 2, 6),
    ]
    assert ("Anna Costa" in repr(fact)) == named


COST = {
    "volume": {"requests": 5, "period": "day", "source": "../docs/usage.csv"},
    "benefit": {"kind": "quality", "artifact": "../docs/value.csv"},
}
USAGE = b"date,requests\n2025-12-01,10\n2025-12-02,20\n"


def test_usage_and_value_are_read_from_their_files() -> None:
    files = repository(docs__usage_dot_csv=USAGE, docs__value_dot_csv=b"month,value\n2025-12,=1+1\n")
    found = gather({"ops_cost": COST}, files)
    usage = found.usage["ops_cost.volume.source"]
    assert isinstance(usage, Known)
    assert (usage.value.requests, usage.source.grade) == (30, Grade.B)
    assert "no plain number" in trouble(found.values["ops_cost.benefit.artifact"]).reason


def approved(benefit: dict[str, Any], *earlier: ports.Earlier, leads: tuple[str, ...] = ()) -> tuple[Evidence, People]:
    people = People(Consent("lena", 9, "review", HEAD), Consent("max", 8, "review", "e" * 40))
    reading = proposal.read(stated(benefit), opened_on=date(2026, 1, 1))
    assert reading.proposal is not None
    around_it = ports.Surroundings(repository(), people, NoHistory(), NoAttachments(), commit=HEAD)
    return Gatherer().gather(reading.proposal, "tickets/finetune-proposal.yaml", around_it, earlier, leads), people


def stated(benefit: dict[str, Any], **more: Any) -> bytes:
    return yaml.safe_dump({"version": 1, "adapter": "x", "ops_cost": {"benefit": benefit}} | more).encode()


def test_leads_are_asked_for_where_their_word_counts() -> None:
    evidence, people = approved({"kind": "quality"}, leads=("acme/ml-leads",))
    (fact,) = evidence.leads.values()
    assert isinstance(fact, Known)
    assert people.leads == ("acme/ml-leads",)
    assert [(each.login, each.outdated) for each in fact.value] == [("lena", False), ("max", True)]
    assert approved({"kind": "cost"})[0].leads == {}
    assert approved({})[0].leads == {}


@pytest.mark.parametrize(("kind", "outdated"), [("quality", False), ("privacy", True)])
def test_an_approval_of_another_head_counts_where_cost_and_gain_were_the_same(kind: str, outdated: bool) -> None:
    then = proposal.read(stated({"kind": kind}, summary="Another one."), opened_on=date(2026, 1, 1)).proposal
    assert then is not None
    (fact,) = approved({"kind": "quality"}, ports.Earlier("e" * 40, then))[0].leads.values()
    assert isinstance(fact, Known)
    assert fact.value[1].outdated is outdated
