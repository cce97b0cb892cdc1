"""Does `tunegate replay` find every stored verdict again, by the policy of then, and say what a change of ours would make of it?"""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from bot import wiring
from bot.cli import main
from bot.ports import Concluded
from bot.readiness.policy import LayerKind, Place
from bot.readiness.policy_file import PolicyText
from bot.readiness.rules.language import holds
from bot.report.as_json import as_json
from bot.report.record import record_policy
from bot.settings import shipped
from bot.storage.database import Database
from bot.storage.ledger import Ledger
from bot.wiring.offline import judge_of, working_tree

Replay = Callable[..., tuple[int, str, str]]
STRICTER = PolicyText(
    Place(LayerKind.ORGANISATION, "acme/.github", "tunegate/policy.yaml"),
    b"version: 1\nname: acme\nchecks: {owner-stays-12-months: {months: {value: 120, source: house}}}\n",
)


@pytest.fixture
def ledger(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    monkeypatch.setenv("DATABASE_URL", database_url)
    return Ledger(Database(database_url, connections=2))


@pytest.fixture
def replay(capsys: pytest.CaptureFixture[str]) -> Replay:
    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["replay", *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def reviewed(ledger: Ledger, example: str, number: int, layers: tuple[PolicyText, ...] = ()) -> str:
    """Store a review of a sample as the service does."""
    policy = wiring.in_force(layers)
    answer, dossiers = judge_of(policy, holds).answer(
        ["finetune-proposal.yaml"], working_tree(shipped("examples") / example), date(2026, 11, 24)
    )
    told = {**as_json(answer), "pull_request": {"repository": "acme/router", "number": number}}
    concluded = Concluded(
        1,
        number,
        "a" * 40,
        "b" * 40,
        policy.sha256,
        "0.0.9",
        1,
        "x",
        {"policy": record_policy(layers), "proposals": dossiers},
        told,
    )
    return ledger.record(concluded)


@pytest.mark.parametrize("example", ["ready", "false-claim", "not-yet"])
@pytest.mark.parametrize("layers", [(), (STRICTER,)], ids=["default", "stricter"])
def test_a_review_comes_out_the_same_by_the_policy_of_then(
    ledger: Ledger, replay: Replay, example: str, layers: tuple[PolicyText, ...]
) -> None:
    review_id = reviewed(ledger, example, 1, layers)
    code, out, err = replay(review_id)
    assert (code, err) == (0, "")
    assert out.startswith("acme/router#1 at aaaaaaaaaaaa, reviewed by 0.0.9: the same verdict word for word (")


def test_what_comes_out_otherwise_is_told_finding_by_finding(
    ledger: Ledger, replay: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A newer release counts otherwise: here it has another check in the place of one."""
    first, other = reviewed(ledger, "not-yet", 1), reviewed(ledger, "ready", 2)
    from bot.wiring import offline

    def stricter(check):  # type: ignore[no-untyped-def]
        run = lambda dossier: [check.failed("Never again.", at="data.train", fix="Wait.")]  # noqa: E731
        return replace(check, run=run) if check.id == "enough-examples" else check

    changed = tuple(map(stricter, offline.CHECKS))
    monkeypatch.setattr(offline, "CHECKS", changed)
    code, out, _ = replay(other)
    assert code == 1
    assert "acme/router#2 at aaaaaaaaaaaa, reviewed by 0.0.9: cannot_tell -> not_yet" in out
    assert "    finetune-proposal.yaml enough-examples data.train" in out
    assert "      + failed (soft): Never again." in out
    code, out, _ = replay("--all")
    assert code == 1
    assert "2 of 2 reviews come out otherwise with Tunegate" in out
    assert "Never again" not in out
    code, out, _ = replay("--all", "--diff", "--json")
    told = {each["review_id"]: each for each in json.loads(out)["replayed"]}
    assert set(told) == {first, other}
    counted = [d["after"] for d in told[other]["differences"] if d["check"] == "enough-examples"]
    assert "failed (soft): Never again." in counted


def test_all_reviews_that_are_the_same_say_so_in_a_line(ledger: Ledger, replay: Replay) -> None:
    for number, example in enumerate(("ready", "not-yet"), 1):
        reviewed(ledger, example, number)
    code, out, _ = replay("--all", "--diff")
    assert code == 0
    assert out.startswith("0 of 2 reviews come out otherwise")
    assert replay("--all", "--last", "1")[1].startswith("0 of 1 ")


def test_a_release_whose_built_in_policy_is_another_says_so(
    ledger: Ledger, replay: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    review_id = reviewed(ledger, "ready", 1)
    now = wiring.in_force((STRICTER,))
    monkeypatch.setattr(wiring, "in_force", lambda _: now)
    code, out, _ = replay(review_id)
    assert code == 1
    assert "cannot_tell -> not_yet (the built-in policy is another by now)" in out


@pytest.mark.usefixtures("ledger")
@pytest.mark.parametrize("said", ["none", "00000000-0000-4000-8000-000000000000", "\x1b[31m"])
def test_a_review_that_is_not_there_is_named(replay: Replay, said: str) -> None:
    code, out, err = replay(said)
    assert (code, out) == (2, "")
    assert "there is no review" in err
    assert "\x1b" not in err


@pytest.mark.usefixtures("ledger")
@pytest.mark.parametrize("arguments", [(), ("--all", "x")])
def test_one_review_or_all_of_them(replay: Replay, arguments: tuple[str, ...]) -> None:
    assert replay(*arguments) == (2, "", "tunegate replay: name one review, or say --all\n")


def test_facts_of_another_form_are_told_and_never_taken_for_the_same(ledger: Ledger, replay: Replay) -> None:
    policy = wiring.policy()
    told = {"proposals": [{"path": "p", "verdict": "ready", "findings": []}]}
    odd = Concluded(1, 1, "a" * 40, "b" * 40, policy.sha256, "0.0.1", 1, "x", {"proposals": {"p": {"x": 1}}}, told)
    code, out, _ = replay(ledger.record(odd))
    assert code == 1
    assert "its facts are of another form" in out
