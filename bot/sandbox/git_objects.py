"""How does git name a file, a folder and a commit? Objects in memory with git's own SHA-1 names."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

FILE, PROGRAM, SYMLINK, FOLDER, SUBMODULE = "100644", "100755", "120000", "040000", "160000"
EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


@dataclass(frozen=True, slots=True)
class Entry:
    """A name in a folder: its mode and the SHA-1 of what it names."""

    mode: str
    sha: str

    @property
    def type(self) -> str:
        """`blob`, `tree` or `commit` (a submodule)."""
        return {FOLDER: "tree", SUBMODULE: "commit"}.get(self.mode, "blob")


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit; author and committer are one person here."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    message: str
    author_name: str
    author_email: str
    login: str | None
    when: datetime


@dataclass(frozen=True, slots=True)
class Symlink:
    """A symbolic link to be committed."""

    target: str


@dataclass(frozen=True, slots=True)
class Submodule:
    """A submodule to be committed: another repository's commit, and its address for `.gitmodules`."""

    sha: str
    url: str = ""


Content = bytes | Symlink | Submodule
Files = Mapping[str, Entry]


class Objects:
    """The objects of a repository and all its forks."""

    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}
        self.trees: dict[str, dict[str, Entry]] = {EMPTY_TREE: {}}
        self.commits: dict[str, Commit] = {}
        self._flat: dict[str, dict[str, Entry]] = {EMPTY_TREE: {}}

    def add_blob(self, content: bytes) -> str:
        """Store a file's bytes; return the SHA-1."""
        sha = name_of("blob", content)
        self.blobs[sha] = content
        return sha

    def add_content(self, content: Content) -> Entry:
        """Store what is committed at a path; return its entry."""
        match content:
            case bytes():
                return Entry(FILE, self.add_blob(content))
            case Symlink():
                return Entry(SYMLINK, self.add_blob(content.target.encode()))
            case Submodule():
                return Entry(SUBMODULE, content.sha)

    def add_tree(self, files: Files) -> str:
        """Store a whole tree, given as path -> entry; return the SHA-1 of its root."""
        here: dict[str, Entry] = {}
        below: dict[str, dict[str, Entry]] = {}
        for path, entry in files.items():
            name, slash, rest = path.partition("/")
            if slash:
                below.setdefault(name, {})[rest] = entry
            else:
                here[name] = entry
        for name, inner in below.items():
            here[name] = Entry(FOLDER, self.add_tree(inner))
        ordered = dict(sorted(here.items(), key=_git_order))
        body = b"".join(
            f"{entry.mode.lstrip('0')} {name}".encode() + b"\0" + bytes.fromhex(entry.sha)
            for name, entry in ordered.items()
        )
        sha = name_of("tree", body)
        self.trees[sha] = ordered
        self._flat.setdefault(sha, dict(sorted(files.items())))
        return sha

    def add_commit(
        self,
        tree: str,
        parents: tuple[str, ...],
        message: str,
        *,
        name: str,
        email: str,
        login: str | None,
        when: datetime,
    ) -> Commit:
        """Store a commit."""
        person = f"{name} <{email}> {int(when.timestamp())} +0000"
        lines = [
            f"tree {tree}",
            *(f"parent {p}" for p in parents),
            f"author {person}",
            f"committer {person}",
            "",
            message,
        ]
        sha = name_of("commit", "\n".join(lines).encode())
        commit = Commit(sha, tree, parents, message, name, email, login, when)
        self.commits[sha] = commit
        return commit

    def files(self, commit_sha: str | None) -> dict[str, Entry]:
        """List the files of a commit as path -> entry; a commit of None has none."""
        return {} if commit_sha is None else self._flat[self.commits[commit_sha].tree]

    def walk(self, tree: str, prefix: str = "") -> Iterator[tuple[str, Entry]]:
        """Go through a tree and the trees below it, folders before what they hold."""
        for name, entry in self.trees[tree].items():
            yield prefix + name, entry
            if entry.type == "tree":
                yield from self.walk(entry.sha, f"{prefix}{name}/")

    def at(self, tree: str, path: str) -> Entry | None:
        """Find what is at a path below a tree; the empty path is the tree itself."""
        entry = Entry(FOLDER, tree)
        for name in [part for part in path.split("/") if part]:
            found = self.trees[entry.sha].get(name) if entry.type == "tree" else None
            if found is None:
                return None
            entry = found
        return entry

    def history(self, sha: str) -> list[Commit]:
        """List a commit and its ancestors, children before parents, newest first."""
        order: list[Commit] = []
        seen: set[str] = set()
        waiting = [(sha, False)]
        while waiting:
            here, done = waiting.pop()
            if done:
                order.append(self.commits[here])
            elif here not in seen:
                seen.add(here)
                waiting.append((here, True))
                waiting.extend((parent, False) for parent in self.commits[here].parents)
        return order[::-1]

    def merge_base(self, one: str, other: str) -> str | None:
        """Find the newest common ancestor."""
        known = {commit.sha for commit in self.history(one)}
        return next((commit.sha for commit in self.history(other) if commit.sha in known), None)

    def between(self, base: str | None, head: str) -> list[Commit]:
        """List the commits of `head` that `base` lacks, oldest first."""
        known = set() if base is None else {commit.sha for commit in self.history(base)}
        return [commit for commit in reversed(self.history(head)) if commit.sha not in known]


def name_of(kind: str, body: bytes) -> str:
    """Compute git's name of an object."""
    return hashlib.sha1(f"{kind} {len(body)}\0".encode() + body, usedforsecurity=False).hexdigest()


def _git_order(item: tuple[str, Entry]) -> bytes:
    name, entry = item
    return (name + "/" if entry.type == "tree" else name).encode()
