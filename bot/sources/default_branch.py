"""What does a file hold on the default branch, as this clone knows it? Asked of git, which goes nowhere for it."""

import subprocess
from pathlib import Path

from bot.readiness.fact import Grade, Known, Source, Trouble, Unavailable

_REF = "refs/remotes/origin/HEAD"  # what `git clone` writes down
_TIMEOUT = 10  # seconds


def read(root: Path, path: str, *, max_bytes: int) -> Known[bytes] | Unavailable | None:
    """Read a file of the default branch; None when it is not there. Never raises: where git cannot tell, neither can we."""
    asked = f"{_REF}^{{commit}}\n{_REF}:{path}\n"
    try:
        done = subprocess.run(
            ["git", "-C", str(root), "cat-file", "--batch"],  # noqa: S607  # the git of whoever runs this
            input=asked.encode(),
            capture_output=True,
            timeout=_TIMEOUT,
            check=True,
        )
        return _found(done.stdout, path, max_bytes)
    except (OSError, subprocess.SubprocessError, ValueError):
        return _unknown()


def _found(said: bytes, path: str, max_bytes: int) -> Known[bytes] | Unavailable | None:
    """Read two answers, each a line and what it announces; raises ValueError."""
    commit, rest = _answer(said)
    if commit is None:
        return _unknown()
    content, _ = _answer(rest)
    if content is None:
        return None
    if len(content) > max_bytes:
        return Unavailable(f"`{path}` is larger than {max_bytes:,} bytes.", Trouble.DEFINITIVE)
    return Known(content, Source(path, Grade.C, revision=_REF))


def _answer(said: bytes) -> tuple[bytes | None, bytes]:
    line, _, rest = said.partition(b"\n")
    words = line.split()
    if words[-1:] == [b"missing"]:
        return None, rest
    size = int(words[-1]) if words else -1
    if not 0 <= size <= len(rest):
        raise ValueError("an answer that is none")
    return rest[:size], rest[size + 1 :]


def _unknown() -> Unavailable:
    return Unavailable(
        "The default branch is not known here.", Trouble.DEFINITIVE, "Run `git remote set-head origin --auto`."
    )
