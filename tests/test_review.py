"""Which proposals does a pull request touch, what is read for that, and what is never passed over?"""

from collections.abc import Mapping
from datetime import date

import pytest

from bot.ports import MOST_CHANGED_FILES, ChangedFile, ForgeTrouble
from bot.readiness.fact import Grade, Known, Source, Trouble, Unavailable
from bot.review import Links, touched

TODAY = date(2026, 1, 1)
PROPOSAL = "a/finetune-proposal.yaml"
TEXT = b"version: 1\nadapter: a\neval: {baseline: {artifact: evals/r.json, rows: /shared/rows.jsonl}}\n"


class Commit:
    """A commit's files in memory; counts what is read."""

    def __init__(self, files: Mapping[str, bytes], listing: Unavailable | None = None) -> None:
        self.files = files
        self.trouble = listing
        self.reads: list[str] = []

    def read(self, path: str, *, max_bytes: int) -> Known[bytes] | Unavailable:
        self.reads.append(path)
        found = self.files.get(path)
        if found is None:
            return Unavailable("There is no such file.", Trouble.DEFINITIVE)
        return Known(found, Source(path, Grade.C))

    def listing(self) -> Known[Mapping[str, str]] | Unavailable:
        if self.trouble is not None:
            raise ForgeTrouble(self.trouble.reason)
        return Known({path: f"{hash(text):x}" for path, text in self.files.items()}, Source("", Grade.C))


def changed(*paths: str, status: str = "modified") -> tuple[ChangedFile, ...]:
    return tuple(ChangedFile(path, status, None) for path in paths)


@pytest.mark.parametrize("path", [PROPOSAL, "a/evals/r.json", "shared/rows.jsonl"])
def test_a_proposal_is_touched_by_its_own_file_and_by_each_that_it_links(path: str) -> None:
    commit = Commit({PROPOSAL: TEXT})
    assert touched(changed(path), commit, TODAY, Links()) == (PROPOSAL,)


@pytest.mark.parametrize("path", ["README.md", "evals/r.json", "a/shared/rows.jsonl"])
def test_it_is_not_touched_by_any_other_file(path: str) -> None:
    assert touched(changed(path), Commit({PROPOSAL: TEXT}), TODAY, Links()) == ()


def test_a_linked_file_that_was_removed_or_renamed_touches_it_too() -> None:
    commit = Commit({PROPOSAL: TEXT})
    assert touched(changed("a/evals/r.json", status="removed"), commit, TODAY, Links()) == (PROPOSAL,)
    renamed = (ChangedFile("a/evals/new.json", "renamed", None, "a/evals/r.json"),)
    assert touched(renamed, commit, TODAY, Links()) == (PROPOSAL,)


def test_a_removed_proposal_is_not_reviewed() -> None:
    assert touched(changed(PROPOSAL, status="removed"), Commit({}), TODAY, Links()) == ()


def test_the_files_are_not_listed_when_the_changed_proposals_explain_every_change() -> None:
    commit = Commit({PROPOSAL: TEXT}, listing=Unavailable("listed in vain", Trouble.PASSING))
    assert touched(changed(PROPOSAL, "a/evals/r.json", status="added"), commit, TODAY, Links()) == (PROPOSAL,)
    with pytest.raises(ForgeTrouble, match="in vain"):
        touched(changed(PROPOSAL, "b/x"), commit, TODAY, Links())


AGAIN = "a/revalidations/x/2.yaml"


def test_a_revalidation_is_touched_by_its_own_file_alone() -> None:
    text = b"version: 1\nadapter: x\neval: {candidate: {artifact: 2/r.json}}\n"
    commit = Commit({PROPOSAL: TEXT, AGAIN: text})
    assert touched(changed(AGAIN), commit, TODAY, Links()) == (AGAIN,)
    assert touched(changed("a/revalidations/x/2/r.json"), commit, TODAY, Links()) == ()
    assert touched(changed(AGAIN, status="removed"), commit, TODAY, Links()) == ()
    both = touched(changed(AGAIN, "a/evals/r.json"), commit, TODAY, Links())
    assert both == tuple(sorted((PROPOSAL, AGAIN)))


def test_the_files_are_not_listed_for_new_evidence_that_a_revalidation_links() -> None:
    text = b"version: 1\nadapter: x\neval: {candidate: {artifact: 2/r.json}}\n"
    commit = Commit({AGAIN: text}, listing=Unavailable("listed in vain", Trouble.PASSING))
    assert touched(changed(AGAIN, "a/revalidations/x/2/r.json", status="added"), commit, TODAY, Links()) == (AGAIN,)


def test_an_unchanged_proposal_is_read_once_however_many_pull_requests_come() -> None:
    commit, links = Commit({f"p{n}/finetune-proposal.yaml": TEXT for n in range(30)}), Links()
    for _ in range(3):
        assert touched(changed("p7/evals/r.json"), commit, TODAY, links) == ("p7/finetune-proposal.yaml",)
    assert len(commit.reads) == 30


def test_a_proposal_that_changed_its_links_is_read_again() -> None:
    links = Links()
    assert touched(changed("a/evals/r.json"), Commit({PROPOSAL: TEXT}), TODAY, links) == (PROPOSAL,)
    other = TEXT.replace(b"r.json", b"other.json")
    assert touched(changed("a/evals/r.json"), Commit({PROPOSAL: other}), TODAY, links) == ()
    assert touched(changed("a/evals/other.json"), Commit({PROPOSAL: other}), TODAY, links) == (PROPOSAL,)


def test_every_touched_proposal_is_named_however_many() -> None:
    paths = [f"p{n:02}/finetune-proposal.yaml" for n in range(40)]
    assert touched(changed(*paths), Commit(dict.fromkeys(paths, TEXT)), TODAY, Links()) == tuple(paths)


def test_of_more_proposals_than_are_judged_not_one_is_read_to_find_them() -> None:
    paths = [f"p{n:04}/finetune-proposal.yaml" for n in range(1_000)]
    commit = Commit(dict.fromkeys(paths, TEXT), listing=Unavailable("listed in vain", Trouble.PASSING))
    assert touched(changed(*paths, "README.md"), commit, TODAY, Links()) == tuple(paths)
    assert commit.reads == []


def test_a_hostile_proposal_neither_stops_nor_links_anything() -> None:
    commit = Commit({PROPOSAL: b"\xff\xfe", "b/finetune-proposal.yaml": b"eval: {baseline: {artifact: ../../x}}"})
    assert touched(changed("x"), commit, TODAY, Links()) == ()


def test_a_list_of_changes_that_may_be_cut_touches_every_proposal() -> None:
    commit = Commit({PROPOSAL: TEXT, "z/finetune-proposal.yaml": TEXT, "README.md": b""})
    many = changed(*(f"junk/{n}.txt" for n in range(MOST_CHANGED_FILES)))
    assert touched(many, commit, TODAY, Links()) == (PROPOSAL, "z/finetune-proposal.yaml")
    assert touched(many[1:], commit, TODAY, Links()) == ()


def test_an_unchanged_proposal_is_touched_through_a_file_that_a_changed_one_links_too() -> None:
    new = "b/finetune-proposal.yaml"
    commit = Commit({PROPOSAL: TEXT, new: b"version: 1\nadapter: b\neval: {baseline: {artifact: /a/evals/r.json}}\n"})
    both = (*changed(new, status="added"), *changed("a/evals/r.json"))
    assert touched(both, commit, TODAY, Links()) == (PROPOSAL, new)
