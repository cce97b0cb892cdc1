"""Does hostile or broken input get a clear message at its line, and does the service go on?"""

import re

import pytest

from bot.sandbox.git_objects import Symlink
from tests.end_to_end.conftest import Team

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{former}'] * 9)}]\n" for former, name in zip("abcdefg", "bcdefgh", strict=True)
)
MARKDOWN = (
    "</details><script>alert(1)</script> @acme/everyone fixes #1 ![x](https://evil.example/p.png) `` ` ``` | a\u202eb"
)
LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "a" * 64 + "\nsize 12345\n"


def annotated(team: Team, files: dict[str, object]) -> list[tuple[int, str]]:
    """Propose files and return the annotations of the answer, which is a failure, as (line, message)."""
    run = team.answer(team.open(files))
    assert run.conclusion == "failure"
    return [(a.start_line, a.message) for a in run.annotations]


def goes_on(team: Team) -> None:
    """Another pull request gets its answer."""
    assert team.answer(team.open({"docs/next.md": "next\n"}, branch="next")).conclusion == "success"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (BOMB, None, "values"),
        ("version: 1\nadapter: x\nowner:\n\tprimary: ana-lopes\n", 4, "tab"),
        ("version: 1\nadapter: x\n".encode("utf-16"), 1, "UTF-16"),
        ("version: 1\n" + "".join(f"k{n}: {n}\n" for n in range(10_000)), None, "More than 5,000 values"),
        ("version: 1\nadapter: x\nadapter: y\n", 3, "stands twice"),
        ("version: 1\nadapter: !!python/object:os.system x\n", 2, "tag"),
        ("version: 1\nadapter: x\nowner: {until: 2027-13-01}\n", 3, "calendar"),
        ("version: 1\nadapter: x\ncolour: red\n", 3, "not known"),
        ("x" * 300_000, 1, "bytes"),
        (b"version: 1\nadapter: \xff\n", 2, "UTF-8"),
        ("", 1, "empty"),
    ],
    ids=["bomb", "tab", "utf-16", "10,000 keys", "twice", "tag", "date", "unknown", "large", "bytes", "empty"],
)
def test_a_broken_proposal_is_told_at_its_line(team: Team, text: str | bytes, line: int | None, said: str) -> None:
    told = annotated(team, {"finetune-proposal.yaml": text})
    assert [m for at, m in told if said in m and line in (None, at)], told
    goes_on(team)


def test_a_markdown_attack_in_every_text_stays_text(team: Team) -> None:
    sample, files = team.example("not-yet")
    path = f"{sample.folder}/finetune-proposal.yaml"
    text = re.sub(r"(summary|description): .*", lambda m: f"{m[1]}: {MARKDOWN!r}", files[path])
    text = text.replace("adapter: product-expert", f"adapter: {MARKDOWN!r}")
    text = text.replace("primary: ben-okafor", f"primary: {MARKDOWN!r}").replace("method: sft", f"method: {MARKDOWN!r}")
    text = text.replace("artifact: evals/baseline_results.json", f"artifact: {MARKDOWN!r}") + f"\n? {MARKDOWN!r}\n: 1\n"
    pull = team.open({**files, path: text})
    run = team.answer(pull)
    assert run.conclusion == "failure"
    bodies = [run.summary or "", run.text or "", *(c.body for c in team.comments(pull))]
    bodies += [c.body for c in team.world.review_comments(pull)]
    for body in bodies:
        inert = re.sub(r"(`+).*?\1", "", body)
        assert "<script" not in inert
        assert not re.search(r"@\w", inert)
        assert "](https://evil" not in inert
        assert "\u202e" not in body
    assert all("\u202e" not in a.message for a in run.annotations)
    goes_on(team)


@pytest.mark.parametrize(
    ("artifact", "extra", "said"),
    [
        ("evals/nowhere.json", {}, "no file"),
        ("evals", {}, "folder"),
        ("evals/lfs.json", {"evals/lfs.json": LFS}, "Git LFS pointer"),
        ("../../../elsewhere.json", {}, "leaves the repository"),
        ("evals/link.json", {"evals/link.json": Symlink("../../../../../etc/passwd")}, "symbolic link"),
        ("evals/half.json", {"evals/half.json": '{"format": "tunegate-eval/1", "metrics": ['}, "JSON"),
        ("evals/huge.json", {"evals/huge.json": b"[" * 500_000}, "nested deeper"),
        ("evals/noise.json", {"evals/noise.json": bytes(range(256)) * 64}, "baseline"),
    ],
    ids=["missing", "folder", "lfs", "outside", "symlink", "half", "nested", "noise"],
)
def test_an_artifact_that_cannot_be_read_is_told_at_its_line(
    team: Team, artifact: str, extra: dict[str, object], said: str
) -> None:
    sample, files = team.example("ready")
    path = f"{sample.folder}/finetune-proposal.yaml"
    text = files[path]
    at = next(n for n, line in enumerate(text.splitlines(), 1) if line.startswith("  baseline: {model"))
    lines = text.splitlines()
    lines[at - 1] = lines[at - 1].replace("evals/baseline_results.json", artifact)
    added = {f"{sample.folder}/{name}": content for name, content in extra.items()}
    told = annotated(team, {**files, **added, path: "\n".join(lines) + "\n"})
    assert [message for line, message in told if line == at and said in message], told
    goes_on(team)


def test_more_proposals_than_are_read_are_each_told(team: Team) -> None:
    files: dict[str, object] = {f"a{n:02}/finetune-proposal.yaml": f"version: 1\nadapter: a{n}\n" for n in range(23)}
    run = team.answer(team.open(files))
    assert run.conclusion == "failure"
    assert sum("more than 20 proposals" in a.message for a in run.annotations) == 3
