"""What was committed before, as a repository's history tells it; each version read once, and seven at most."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import pytest

from bot import ports
from bot.readiness.changes import began, changed
from bot.readiness.evidence import History, Version
from bot.readiness.fact import Fact, Grade, Known, Source, Trouble, Unavailable
from bot.readiness.proposal import Proposal, read
from bot.sources.bars import BAR, BASE_MODEL, in_reviews, on_base, since_when
from bot.sources.before import earlier_bars, histories
from bot.sources.file_history import MOST_READ, history_of
from bot.sources.offline import NoHistory

PATH = "adapters/router.finetune-proposal.yaml"
GONE = Unavailable("There is no such file.", Trouble.DEFINITIVE)
DOWN = Unavailable("GitHub answered 502.", Trouble.PASSING)


class Commits:
    """A history of a few files: the contents of each, newest first; None where a commit took it away."""

    def __init__(
        self,
        files: Mapping[str, Sequence[bytes | Unavailable | None]],
        *,
        base: bytes | Unavailable | None = None,
        complete: bool = True,
    ) -> None:
        self.files = files
        self.base = base
        self.complete = complete
        self.read_at: list[str] = []

    def versions(self, path: str, *, since: datetime | None = None, at_most: int = 20) -> Known[History] | Unavailable:
        contents = self.files.get(path, ())
        listed = [Version(f"{path}~{n}", f"2025-12-{28 - n:02}T12:00:00Z") for n in range(min(len(contents), at_most))]
        return Known(History(tuple(listed), self.complete and len(contents) <= at_most), Source(path, Grade.C))

    def read(self, path: str, commit: str, *, max_bytes: int) -> Known[bytes] | Unavailable:
        self.read_at.append(commit)
        found = self.files[path][int(commit.partition("~")[2])]
        if found is None or isinstance(found, Unavailable):
            return found or GONE
        return Known(found, Source(path, Grade.C, revision=commit))

    def on_base(self, path: str, *, max_bytes: int) -> Known[bytes] | Unavailable | None:
        return Known(self.base, Source(path, Grade.C)) if isinstance(self.base, bytes) else self.base


def history(fact: Fact[History]) -> History:
    assert isinstance(fact, Known)
    return fact.value


def text(threshold: float = 0.9, name: str = "exact_match", base: str = "b", holdout: str = "h.jsonl") -> bytes:
    return (
        f"version: 1\nadapter: x\neval:\n  metric: {{name: {name}, direction: higher}}\n  threshold: {threshold}\n"
        f"  holdout: {{path: {holdout}}}\ntraining: {{base_model: {base}}}\n"
    ).encode()


def proposal(raw: bytes) -> Proposal:
    found = read(raw, opened_on=date(2026, 1, 1)).proposal
    assert found is not None
    return found


# linked files


def test_versions_that_mean_the_same_are_one() -> None:
    commits = Commits({"p.md": [b"Sort  it.", b"sort it", b"Drop it.", b"Drop it!"]})
    found = history(history_of(commits, "p.md"))
    assert [version.commit for version in found.versions] == ["p.md~1", "p.md~3"]
    assert found.complete


def test_a_file_of_one_version_is_not_read() -> None:
    commits = Commits({"p.md": [b"Sort it."]})
    assert len(history(history_of(commits, "p.md")).versions) == 1
    assert history(history_of(commits, "never.md")).versions == ()
    assert commits.read_at == []


def test_seven_versions_are_read_and_show_six_changes() -> None:
    commits = Commits({"p.md": [b"rule %d" % n for n in range(12)]})
    found = history(history_of(commits, "p.md"))
    assert len(commits.read_at) == MOST_READ
    assert len(changed(found)) == 6
    assert [version.meaning for version in found.versions[MOST_READ:]] == [None] * 5


def test_without_meanings_nothing_is_read() -> None:
    commits = Commits({"h.jsonl": [b"1", b"1", b"1"]})
    assert len(history(history_of(commits, "h.jsonl", meanings=False)).versions) == 3
    assert commits.read_at == []


def test_a_version_that_took_the_file_away_or_is_too_large_is_not_read_and_changes_nothing() -> None:
    commits = Commits({"p.md": [b"rule 1", None, b"x" * 1_000_001, b"rule 0"]})
    found = history(history_of(commits, "p.md"))
    assert [version.meaning is None for version in found.versions] == [False, True, True, False]
    assert changed(found) == ()


def test_an_outage_is_told_as_one() -> None:
    assert history_of(Commits({"p.md": [b"rule 1", DOWN]}), "p.md") == DOWN
    offline = history_of(NoHistory(), "p.md")
    assert isinstance(offline, Unavailable)
    assert offline.trouble is Trouble.SERVICE_ONLY


# the bar


def test_the_bar_on_the_base_branch() -> None:
    found = on_base(Commits({}, base=text(0.93)), PATH)
    assert isinstance(found, Known)
    (bar,) = found.value
    assert (bar.where, bar.threshold, bar.metric) == ("the base branch", "0.93", "* / exact_match / * / higher")
    assert bar.holdout == "h.jsonl"


@pytest.mark.parametrize("base", [None, GONE, b"", b"\xff\xfe", b"- a list\n", b"a: *b"])
def test_what_is_no_proposal_on_the_base_branch_states_no_bar(base: bytes | Unavailable | None) -> None:
    found = on_base(Commits({}, base=base), PATH)
    assert isinstance(found, Known)
    assert found.value == ()


def test_a_base_that_cannot_be_read_is_no_absence() -> None:
    assert on_base(Commits({}, base=DOWN), PATH) == DOWN
    assert isinstance(on_base(NoHistory(), PATH), Unavailable)


def test_the_bars_of_earlier_reviews() -> None:
    earlier = [ports.Earlier(sha * 20, proposal(text(bar))) for sha, bar in (("aa", 0.91), ("bb", 0.92))]
    found = in_reviews(earlier)
    assert isinstance(found, Known)
    assert [(bar.where, bar.threshold) for bar in found.value] == [
        ("the review of aaaaaaaaaaaa", "0.91"),
        ("the review of bbbbbbbbbbbb", "0.92"),
    ]
    assert set(earlier_bars(PATH, Commits({}), earlier)) == {"base", "reviews"}


def walked(*contents: bytes | Unavailable | None, complete: bool = True) -> tuple[Commits, dict[str, Fact[History]]]:
    commits = Commits({PATH: contents}, complete=complete)
    assert isinstance(contents[0], bytes)
    return commits, since_when(commits, PATH, proposal(contents[0]))


def test_since_when_the_bar_stands_whatever_else_changed() -> None:
    _, found = walked(text(), text(base="c"), text(holdout="larger.jsonl"), text(0.8), text(0.7))
    since = began(history(found[BAR]))
    assert since is not None
    assert (since.at.day, since.changed, since.sure) == (26, True, True)
    base = began(history(found[BASE_MODEL]))
    assert base is not None
    assert (base.at.day, base.changed, base.sure) == (28, True, True)


def test_a_bar_that_was_moved_away_and_back_is_as_young_as_its_return() -> None:
    _, found = walked(text(0.9), text(0.8), text(0.9))
    since = began(history(found[BAR]))
    assert since is not None
    assert since.at.day == 28


def test_a_bar_that_was_there_from_the_first_commit() -> None:
    commits, found = walked(text(), text(), text())
    since = began(history(found[BAR]))
    assert since is not None
    assert (since.at.day, since.changed, since.sure) == (26, False, True)
    assert commits.read_at == [f"{PATH}~1", f"{PATH}~2"]  # the newest is the file as it is


def test_the_walk_ends_after_seven_versions_and_says_so() -> None:
    commits, found = walked(*[text()] * 12)
    since = began(history(found[BAR]))
    assert since is not None
    assert not since.sure
    assert len(commits.read_at) == MOST_READ


def test_the_walk_ends_once_both_are_known() -> None:
    commits, _ = walked(text(), text(0.8, base="c"), text(), text())
    assert commits.read_at == [f"{PATH}~1"]


def test_versions_that_are_no_proposal_are_passed_over() -> None:
    _, found = walked(text(), None, b"\xff", text(), text(0.8))
    since = began(history(found[BAR]))
    assert since is not None
    assert since.at.day == 25


def test_an_outage_during_the_walk_is_told() -> None:
    _, found = walked(text(), DOWN, text())
    assert found == {BAR: DOWN, BASE_MODEL: DOWN}


# all of it


def test_the_histories_of_a_proposal_are_those_of_its_files_here() -> None:
    raw = b"""version: 1
adapter: x
tried: {prompt: {prompt_file: p.md}}
eval:
  baseline: {prompt_file: /adapters/p.md}
  holdout: {path: "https://example.org/h.jsonl"}
data: {output_schema: {not_applicable: free_text_output, why: It is prose.}}
"""
    commits = Commits({PATH: [raw], "adapters/p.md": [b"a", b"b"]})
    found = histories(proposal(raw), PATH, commits)
    assert set(found) == {BAR, BASE_MODEL, "tried.prompt.prompt_file", "eval.baseline.prompt_file"}
    assert found["tried.prompt.prompt_file"] is found["eval.baseline.prompt_file"]  # one file, read once
    assert len(commits.read_at) == 2
