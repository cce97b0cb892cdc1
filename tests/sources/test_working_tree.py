"""Does a working tree give its files, and nothing else of the machine?"""

import hashlib
import os
import resource
import socket
from pathlib import Path

import pytest

from bot.readiness.fact import Grade, Known, Trouble, Unavailable
from bot.sources.offline import NobodyToAsk
from bot.sources.working_tree import WorkingTree

SECRET = b"a secret of the machine"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    (root / "evals").mkdir(parents=True)
    (root / "evals/results.json").write_bytes(b"{}")
    (root / "évals é.txt").write_bytes(b"accents and blanks")
    (root / ".git").mkdir()
    (root / ".git/config").write_bytes(SECRET)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_bytes(SECRET)
    return root


def read(root: Path, path: str, max_bytes: int = 1000) -> Known[bytes] | Unavailable:
    return WorkingTree(root).read(path, max_bytes=max_bytes)


def refused(root: Path, path: str, max_bytes: int = 1000) -> str:
    fact = read(root, path, max_bytes)
    assert isinstance(fact, Unavailable), fact
    assert fact.trouble is Trouble.DEFINITIVE
    return fact.reason


def test_a_file_is_read_with_its_digest(tree: Path) -> None:
    fact = read(tree, "evals/results.json")
    assert isinstance(fact, Known)
    assert fact.value == b"{}"
    assert fact.source.uri == "evals/results.json"
    assert fact.source.grade is Grade.C
    assert (fact.source.sha256, fact.source.revision, fact.source.size) == (hashlib.sha256(b"{}").hexdigest(), None, 2)
    assert isinstance(read(tree, "évals é.txt"), Known)


def test_a_root_that_is_itself_reached_by_a_link_is_fine(tree: Path) -> None:
    link = tree.parent / "here"
    link.symlink_to(tree)
    assert isinstance(read(link, "evals/results.json"), Known)


@pytest.mark.parametrize("path", ["evals/missing.json", "missing/results.json", "evals/results.json/x", "e" * 300])
def test_a_missing_file_is_missing(tree: Path, path: str) -> None:
    assert refused(tree, path) == f"There is no file `{path}` in this working tree."


def test_a_folder_is_no_file(tree: Path) -> None:
    assert refused(tree, "evals") == "`evals` is a folder, not a file."


@pytest.mark.parametrize(
    "path",
    [
        "../outside/secret", "evals/../../outside/secret", "/etc/passwd", "evals//results.json", "./evals/results.json", "", ".",
        "..", "evals/", ".git/config", "evals/\x00", "evals/results.json\n",
    ],
)  # fmt: skip
def test_no_path_leads_elsewhere(tree: Path, path: str) -> None:
    assert "is no path of a file in the repository" in refused(tree, path)


@pytest.mark.parametrize(
    ("at", "to", "path"),
    [
        ("secret", "../outside/secret", "secret"),
        ("evals/secret", "/etc/passwd", "evals/secret"),
        ("out", "../outside", "out/secret"),
        ("up", "..", "up/outside/secret"),
        ("alias", "evals/results.json", "alias"),
        ("twin", "evals", "twin/results.json"),
        ("loop", "loop", "loop"),
        ("dangling", "nowhere", "dangling"),
        ("git", ".git", "git/config"),
    ],
)
def test_no_symbolic_link_is_followed(tree: Path, at: str, to: str, path: str) -> None:
    (tree / at).symlink_to(to)
    assert "symbolic link" in refused(tree, path)


def test_pipes_sockets_and_devices_are_no_files(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tree / "pipe")
    monkeypatch.chdir(tree)  # the path of a socket must be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        assert "is no regular file" in refused(tree, "pipe")
        assert "is no regular file" in refused(tree, "socket")


def test_a_file_beyond_what_is_asked_for_is_not_read(tree: Path) -> None:
    (tree / "big").write_bytes(b"x" * 1001)
    assert refused(tree, "big") == "`big` has 1,001 bytes; at most 1,000 bytes are read."
    assert isinstance(read(tree, "big", 1001), Known)


def test_a_pointer_of_git_lfs_is_not_the_file(tree: Path) -> None:
    (tree / "big.jsonl").write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n")
    assert "Git LFS pointer" in refused(tree, "big.jsonl")


def test_trouble_of_the_machine_is_trouble_that_passes(tree: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        fact = read(tree, "evals/results.json")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert isinstance(fact, Unavailable)
    assert fact.trouble is Trouble.PASSING
    assert "Too many open files" in fact.reason


def test_a_tree_that_is_gone_has_no_files(tree: Path) -> None:
    assert "There is no file" in refused(tree / "gone", "evals/results.json")


def test_no_descriptor_stays_open(tree: Path) -> None:
    (tree / "link").symlink_to("evals")
    before = len(os.listdir("/dev/fd"))
    for path in ("evals/results.json", "evals", "missing", "evals/x/y", "link/results.json", "../x"):
        read(tree, path)
    assert len(os.listdir("/dev/fd")) == before


def test_whom_a_proposal_names_only_the_service_can_see() -> None:
    fact = NobodyToAsk().person("ana-lopes")
    assert isinstance(fact, Unavailable)
    assert fact.trouble is Trouble.SERVICE_ONLY
    assert "ana-lopes" in fact.reason
