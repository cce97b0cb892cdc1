"""Whatever a policy file holds: does each command say what is wrong, at a line of the file, and never fall over?"""

import contextlib
import io
import json
import re
import tempfile
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cli import main
from bot.ports import Concluded
from bot.readiness.policy_file import MAX_BYTES
from bot.report.as_json import as_json
from bot.settings import shipped
from bot.storage.database import Database
from bot.storage.ledger import Ledger
from bot.wiring import policy as default
from bot.wiring.offline import judge, working_tree
from tests.cli.test_policy import CASE, RULE

NEVER_ENDING = f"[[1]]{'.map(a, a + a)' * 27}[0] == [2]"
NESTED = "(" * 900 + "true" + ")" * 900


def rule(require: str, name: str = "approved-providers") -> str:
    """A policy of one rule, whose last line is what it requires."""
    head = RULE.partition("    require:")[0].replace("approved-providers", name)
    return f"{head}    require: {json.dumps(require)}\n"


def tier(when: str, more: str = "", name: str = "large") -> str:
    return f"version: 1\ntiers:\n  - name: {name}\n    when: {when}\n{more}"


# the text, and the line of what is wrong first
BROKEN: dict[str, tuple[str | bytes, int]] = {
    "unknown key": ("version: 1\nchekcs: {}\n", 2),
    "unknown check": ("version: 1\nchecks:\n  enough-exmples: {enforcement: soft}\n", 3),
    "unknown number": ("version: 1\nchecks:\n  enough-examples:\n    flor: {value: 1, source: x}\n", 4),
    "a key twice": ("version: 1\nname: a\nname: b\n", 3),
    "a key that hides its end": ("version: 1\n\"na\u202eme\": acme\n", 2),
    "a rule whose name hides its end": (rule("true", '"approved-\u202eproviders"'), 4),
    "no version": ("name: acme\n", 1),
    "another version": ("version: 99999999999999999999\n", 1),
    "a list": ("- version: 1\n", 1),
    "a word": ("version", 1),
    "broken yaml": ("version: 1\nchecks: {\n", 3),
    "a cycle": ("version: 1\nchecks: &a\n  no-secrets: *a\n", 3),
    "a cycle of tiers": ("version: 1\ntiers: &t\n  - name: x\n    when: *t\n", 4),
    "extends itself": ("version: 1\nextends: tunegate/policy.yaml\n", 2),
    "extends a list": ("version: 1\nextends: [strict, default]\n", 2),
    "a bomb of aliases": (
        "version: 1\na: &a [x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)),
        2,
    ),
    "a tag": ("version: 1\nname: !!python/object/apply:os.system [id]\n", 2),
    "deep": ("version: 1\nchecks: " + "{a: " * 500 + "\n", 2),
    "a number beyond all": ("version: 1\nchecks:\n  enough-examples:\n    floor: {value: {sft: 1e300}, source: x}\n", 4),
    "a number of many digits": (f"version: 1\nchecks:\n  enough-examples:\n    per_label: {{value: {'9' * 5000}, source: x}}\n", 4),
    "less than nothing": ("version: 1\nchecks:\n  enough-examples:\n    per_label: {value: -1, source: x}\n", 4),
    "not a number": ("version: 1\nchecks:\n  enough-examples:\n    per_label: {value: .nan, source: x}\n", 4),
    "a tier for all": (tier("{}"), 4),
    "a tier without a when": ("version: 1\ntiers:\n  - {name: large}\n", 3),
    "a tier of an unknown field": (tier("{requests_per_dya: {at_least: 1}}"), 4),
    "too many tiers": ("version: 1\ntiers:\n" + "".join(f"  - {{name: t{n}, when: {{requests_per_day: {{at_least: 1}}}}}}\n" for n in range(21)), 2),
    "a time zone that is none": ("version: 1\ntime_zone: ../../etc/passwd\n", 2),
    "a rule of an unknown field": (rule("proposal.training.provder == 'x'"), 11),
    "a rule that is no expression": (rule("proposal.training.provider =="), 11),
    "a rule that is no truth": (rule("1 / 0"), 11),
    "a rule nested beyond all": (rule(NESTED), 11),
    "a rule too long": (rule("true" + " || true" * 400), 11),
    "too many rules": ("version: 1\nrules:\n" + "".join(f"  r{n}: {{}}\n" for n in range(101)), 2),
    "too large": ("version: 1\n#" + "x" * MAX_BYTES, 1),
    "not utf-8": (b"version: 1\nname: \xff\xfe\n", 2),
    "utf-16": ("version: 1\n".encode("utf-16"), 1),
    "a nul": (b"#" + b"x" * 80 + b"\nname: a\x00b\n", 2),
    "a list as key": ("version: 1\n? [a]\n: b\n", 2),
    "a number as key": ("version: 1\n7: b\n", 2),
}  # fmt: skip


def ran(*arguments: object) -> tuple[int, str, str]:
    """Run a command of `tunegate policy`; whatever it raises is a failure of the test."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(["policy", *map(str, arguments)])
    return code, out.getvalue(), err.getvalue()


def is_clean(text: str) -> bool:
    """No sign that moves, hides or turns what a terminal shows."""
    return not any(unicodedata.category(sign) in ("Cc", "Cf", "Cs") for sign in text if sign != "\n")


def examined(file: Path) -> list[int]:
    """Validate, explain and test a file; return the lines of what is wrong with it."""
    count = file.read_bytes().count(b"\n") + 1
    code, out, err = ran("validate", file)
    assert (code in (0, 1), err) == (True, "")
    assert is_clean(out)
    told = [re.fullmatch(re.escape(str(file)) + r":(\d+): \S.*", line) for line in out.splitlines()]
    if code == 0:
        assert out == f"{file}: can be used\n"
        lines = []
    else:
        assert all(told), out
        lines = [int(each[1]) for each in told if each]
        assert lines
        assert all(1 <= line <= count for line in lines), (lines, count)
    code, out, _ = ran("validate", file, "--json")
    assert [each["line"] for each in json.loads(out)[0]["problems"]] == lines
    code, out, err = ran("explain", "--file", file)
    assert (code in (0, 1), err) == (True, "")
    assert is_clean(out)
    code, out, err = ran("test", file)
    assert (code in (0, 1, 2), is_clean(out + err)) == (True, True)
    return lines


# only the organisation's policy extends another
@pytest.mark.parametrize(
    ("name", "what"),
    [("policy.yaml", what) for what in BROKEN]
    + [(".tunegate.yaml", what) for what in BROKEN if not what.startswith("extends")],
)
def test_what_is_wrong_is_told_at_its_line_by_each_command(tmp_path: Path, name: str, what: str) -> None:
    text, line = BROKEN[what]
    file = tmp_path / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    assert examined(file)[0] == line
    code, out, err = ran("explain", "--file", file)
    assert code == 1
    code, out, err = ran("simulate", file)  # refused before a database is asked for
    assert (code, out) == (1, "")
    assert is_clean(err)
    assert f"{file}:{line}: " in err


@pytest.fixture
def reviewed(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A database with one review."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    pool = Database(database_url, connections=2)
    answer, dossiers = replace(judge(default()), offline=False).answer(
        ["finetune-proposal.yaml"], working_tree(shipped("examples") / "ready"), date(2026, 11, 24)
    )
    told = {**as_json(answer), "pull_request": {"repository": "acme/router", "number": 1}}
    kept = Concluded(
        1, 1, "a" * 40, "b" * 40, answer.policy_sha256, "0.1.0", 1, "x", {"proposals": dossiers}, told
    )  # fmt: skip
    Ledger(pool).record(kept)
    yield
    pool.close()


@pytest.mark.usefixtures("reviewed")
@pytest.mark.parametrize(
    ("require", "said"),
    [
        (NEVER_ENDING, "takes more than 2 seconds or too much memory"),
        ("1 / (size(proposal.adapter) - size(proposal.adapter)) == 1", "divi"),
        ("[1, 2][size(proposal.adapter) + 99] == 1", ""),
        ("int(proposal.adapter) == 1", ""),
    ],
    ids=["never ends", "divides by zero", "out of bounds", "no number"],
)
def test_a_rule_that_goes_wrong_when_it_is_asked_is_unverified(tmp_path: Path, require: str, said: str) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(rule(require))
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "one.yaml").write_text(CASE)
    assert ran("validate", file)[0] == 0
    code, out, _ = ran("test", file)
    assert code == 1
    assert "approved-providers: expected failed, found unverified" in out
    assert said in out
    code, out, _ = ran("simulate", file, "--json")
    assert code == 0
    (verdict,) = json.loads(out)["verdicts"]
    assert [each["after"] for each in verdict["deciding"]] == ["unverified (soft)"]


KNOWN = ("version", "name", "extends", "time_zone", "shadow", "leads", "checks", "accepted_codes", "rules", "tiers",
         "may_loosen", "enough-examples", "no-secrets", "enforcement", "least_grade", "floor", "value", "source", "sft",
         "when", "require", "item", "title", "message", "fix", "at", "loosens", "requests_per_day", "at_least", "in",
         "training.seed", "only", "never", "needs", "default")  # fmt: skip
WORDS = (
    "soft",
    "hard",
    "A",
    "house",
    "strict",
    "true",
    "1 / 0 == 1",
    "proposal.adapter",
    "acme/leads",
    "training.provider",
)
KEYS = st.sampled_from(KNOWN) | st.text(max_size=8)
LEAVES = (
    st.none() | st.booleans() | st.integers(-(10**25), 10**25) | st.floats() | st.sampled_from(WORDS) | st.text(max_size=12)
)  # fmt: skip
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=25
)
GOOD = RULE + (
    "checks:\n  enough-examples:\n    enforcement: hard\n    floor: {value: {sft: 800}, source: our audit}\n"
    "tiers:\n  - name: large\n    when: {requests_per_day: {at_least: 100000}}\n    checks: {no-secrets: {enforcement: hard}}\n"
    "accepted_codes:\n  training.seed: {not_offered_by_provider: false}\nmay_loosen: [checks.holdout-large-enough.floor]\n"
)
SNIPPETS = ("\n", "  ", ": ", "- ", "{", "}", "[", "]", "&a ", "*a", "!!x ", "? ", "|\n", "'", '"', "#", "\u202e", "\x00",
            "\r", "\t", "\u2028", "999999999999999999999", "---\n", "%YAML 9\n", "<<: *a\n", "\ufeff", "💥")  # fmt: skip


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    """A good policy, in which a few places were cut, doubled or filled with something."""
    text = GOOD
    for _ in range(draw(st.integers(1, 4))):
        begin = draw(st.integers(0, len(text)))
        end = min(len(text), begin + draw(st.integers(0, 30)))
        put = draw(st.sampled_from((*SNIPPETS, text[begin:end] * 2)))
        text = text[:begin] + put + text[end:]
    return text.encode()


def dumped(value: dict[str, Any]) -> bytes:
    return yaml.safe_dump({"version": 1, **value}, allow_unicode=True).encode("utf-8", "replace")


def kept(content: bytes, name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_bytes(content)
        examined(file)


NAMES = st.sampled_from(["policy.yaml", ".tunegate.yaml"])


@settings(max_examples=60)
@given(value=st.dictionaries(KEYS, VALUES, max_size=5), name=NAMES)
def test_no_shape_of_a_policy_stops_a_command(value: dict[str, Any], name: str) -> None:
    kept(dumped(value), name)


@settings(max_examples=60)
@given(content=spoilt(), name=NAMES)
def test_no_spoilt_policy_stops_a_command(content: bytes, name: str) -> None:
    kept(content, name)


@settings(max_examples=40)
@given(content=st.binary(max_size=200), name=NAMES)
def test_no_bytes_stop_a_command(content: bytes, name: str) -> None:
    kept(content, name)
