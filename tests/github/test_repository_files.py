"""Is a file read as far as asked, and is everything that is no file told for what it is?"""

import hashlib
from typing import Any

import pytest

from bot.ports import CommitFiles
from bot.readiness.fact import Grade, Known, Trouble, Unavailable
from tests.github.conftest import Bot
from tests.github.stand_in import HEAD, Fault, StandIn


@pytest.fixture
def files(bot: Bot, github: StandIn) -> CommitFiles:
    forge, _ = bot.pull()
    github.requests.clear()
    return forge.files()


def _unavailable(found: object) -> Unavailable:
    assert isinstance(found, Unavailable)
    return found


def test_a_file_is_read_by_one_call_with_its_source(files: CommitFiles, github: StandIn) -> None:
    github.files["evals/ré sults.json"] = b"\x00\xff{}"
    found = files.read("evals/ré sults.json", max_bytes=4)
    assert isinstance(found, Known)
    assert found.value == b"\x00\xff{}"
    source = found.source
    assert (source.uri, source.revision, source.size, source.grade) == ("evals/ré sults.json", HEAD, 4, Grade.C)
    assert source.sha256 == hashlib.sha256(b"\x00\xff{}").hexdigest()
    assert len(github.calls) == 1


def test_an_empty_file_is_a_file(files: CommitFiles, github: StandIn) -> None:
    github.files["empty"] = b""
    found = files.read("empty", max_bytes=4)
    assert isinstance(found, Known)
    assert found.value == b""


def test_a_file_beyond_one_megabyte_is_read_raw(files: CommitFiles, github: StandIn) -> None:
    github.files["big"] = b"x" * 3_000_000
    found = files.read("big", max_bytes=5_000_000)
    assert isinstance(found, Known)
    assert found.value == github.files["big"]
    assert len(github.calls) == 2


def test_a_server_that_describes_no_large_file_is_asked_for_its_bytes(files: CommitFiles, github: StandIn) -> None:
    github.files["big"] = b"x" * 3_000_000
    too_large = (403, {"message": "too large", "errors": [{"code": "too_large", "field": "data"}]}, {})
    github.faults.append(Fault("GET", "contents/big", too_large))
    found = files.read("big", max_bytes=5_000_000)
    assert isinstance(found, Known)
    assert len(found.value) == 3_000_000


@pytest.mark.parametrize("size", [101, 3_000_000])
def test_a_file_beyond_the_cap_is_not_read(files: CommitFiles, github: StandIn, size: int) -> None:
    github.files["big"] = b"x" * size
    found = _unavailable(files.read("big", max_bytes=100))
    assert (found.trouble, len(github.calls)) == (Trouble.DEFINITIVE, 1)
    assert f"{size:,} bytes" in found.reason


def test_a_file_that_grew_on_the_way_is_cut_off(files: CommitFiles, github: StandIn) -> None:
    github.files["big"] = b"x" * 3_000_000
    github.faults.append(Fault("GET", "contents/big", (200, {"type": "file", "size": 9, "encoding": "none"}, {})))
    assert _unavailable(files.read("big", max_bytes=100)).trouble is Trouble.DEFINITIVE


@pytest.mark.parametrize(
    ("described", "word"),
    [
        ([{"type": "file", "path": "x/a"}], "folder"),
        ({"type": "dir", "entries": []}, "folder"),
        ({"type": "symlink", "target": "../../etc/passwd", "size": 16}, "symbolic link"),
        ({"type": "submodule", "submodule_git_url": "https://example.com/x.git"}, "submodule"),
        ({"type": "file", "size": 0, "submodule_git_url": "https://example.com/x.git"}, "submodule"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n", "Git LFS pointer"),
    ],
)
def test_what_is_no_file_is_told(files: CommitFiles, github: StandIn, described: Any, word: str) -> None:
    github.files["x"] = described
    found = _unavailable(files.read("x", max_bytes=1000))
    assert found.trouble is Trouble.DEFINITIVE
    assert word in found.reason
    assert found.fix


def test_a_missing_file_is_definitive(files: CommitFiles) -> None:
    found = _unavailable(files.read("nowhere.json", max_bytes=1000))
    assert found.trouble is Trouble.DEFINITIVE
    assert "`nowhere.json`" in found.reason


@pytest.mark.parametrize(
    "path", ["", "/etc/passwd", "../x", "a/../../user", "a//b", "a/./b", "a\nb", "a\x00b", "a/", "\ud800"]
)
def test_a_path_that_leaves_the_repository_is_never_asked_for(files: CommitFiles, github: StandIn, path: str) -> None:
    assert _unavailable(files.read(path, max_bytes=1000)).trouble is Trouble.DEFINITIVE
    assert not github.calls


@pytest.mark.parametrize("path", ["a?ref=main", "a#b", "%2e%2e/x", "a b", "a%"])
def test_a_path_with_signs_of_an_address_stays_a_path(files: CommitFiles, github: StandIn, path: str) -> None:
    github.files[path] = b"here"
    assert isinstance(files.read(path, max_bytes=10), Known)


@pytest.mark.parametrize(
    "answer",
    [
        (500, {}, {}),
        (403, {"message": "Resource not accessible by integration"}, {}),
        (429, {}, {"retry-after": "3"}),
        (404, {"message": f"No commit found for the ref {HEAD}"}, {}),
        (200, b"{half", {}),
        (200, {"type": "hologram"}, {}),
        (200, {"type": "file", "size": 2, "encoding": "base64", "content": "!"}, {}),
        (200, b"7", {}),
    ],
)
def test_trouble_on_github_s_side_is_passing(files: CommitFiles, github: StandIn, answer: Any) -> None:
    github.files["x"] = b"{}"
    github.faults.append(Fault("GET", "contents", answer))
    assert _unavailable(files.read("x", max_bytes=1000)).trouble is Trouble.PASSING
    assert isinstance(files.read("x", max_bytes=1000), Known)


def test_a_lost_connection_is_passing(files: CommitFiles, github: StandIn) -> None:
    github.files["x"] = b"{}"
    github.faults.append(Fault("GET", "contents", lost=True))
    assert _unavailable(files.read("x", max_bytes=1000)).trouble is Trouble.PASSING


def test_files_are_listed_once_and_without_links(files: CommitFiles, github: StandIn) -> None:
    github.tree = [
        {"path": "a", "type": "tree", "mode": "040000", "sha": "1" * 40},
        {"path": "a/b", "type": "blob", "mode": "100644", "sha": "2" * 40},
        {"path": "link", "type": "blob", "mode": "120000", "sha": "3" * 40},
        {"path": "module", "type": "commit", "mode": "160000", "sha": "4" * 40},
    ]
    listed = files.listing()
    assert isinstance(listed, Known)
    assert listed.value == {"a/b": "2" * 40}
    assert files.listing() is listed
    assert len(github.calls) == 1


def test_a_repository_too_large_to_list_is_told(files: CommitFiles, github: StandIn) -> None:
    github.tree_truncated = True
    assert _unavailable(files.listing()).trouble is Trouble.DEFINITIVE


def test_a_list_that_fails_is_passing_and_asked_for_again(files: CommitFiles, github: StandIn) -> None:
    github.faults += [Fault("GET", "trees", (500, {}, {})), Fault("GET", "trees", (200, {"tree": 1}, {}))]
    assert _unavailable(files.listing()).trouble is Trouble.PASSING
    assert _unavailable(files.listing()).trouble is Trouble.PASSING
    assert isinstance(files.listing(), Known)
