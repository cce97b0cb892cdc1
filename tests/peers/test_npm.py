"""Is a package fetched once, kept whole, and its lack told? npm itself is stood in for where it has to fail."""

import base64
import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.peers import npm

ROOT = Path(__file__).resolve().parents[2]
ALL = {"events": [{"name": "ping"}], "noise": "x"}


def packed(value: object) -> bytes:
    """Make an archive as npm's are."""
    content, whole = json.dumps(value).encode(), io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w:gz") as tar:
        member = tarfile.TarInfo("package/all.json")
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))
    return whole.getvalue()


def kept(value: dict[str, object]) -> object:
    return value["events"]


def extract(archive: bytes, version: str = "1.2.3") -> npm.Extract:
    digest = base64.b64encode(hashlib.sha512(archive).digest()).decode()
    return npm.Extract(npm.Package("@of/nobody", version, digest), "package/all.json", "1", kept)


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """An empty cache, and an npm that hands out an archive and notes that it was asked."""
    whole = packed(ALL)
    (tmp_path / "archive.tgz").write_bytes(whole)
    says(tmp_path, f"cp {tmp_path}/archive.tgz of-nobody-1.2.3.tgz")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(npm, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(npm, "_LACKING", {})
    npm.load.cache_clear()
    return whole


def says(folder: Path, command: str) -> None:
    program = folder / "npm"
    program.write_text(f'#!/bin/sh\necho "$*" >> {folder}/asked\n{command}\n')
    program.chmod(0o755)


def asked(folder: Path) -> list[str]:
    return (folder / "asked").read_text().splitlines() if (folder / "asked").exists() else []


def test_what_is_kept_of_a_package_is_fetched_once(tmp_path: Path, archive: bytes) -> None:
    assert npm.load(extract(archive)) == ALL["events"]
    npm.load.cache_clear()
    assert npm.load(extract(archive)) == ALL["events"]
    assert asked(tmp_path) == ["pack @of/nobody@1.2.3 --silent --ignore-scripts --fetch-retries=1"]
    assert sorted(file.name for file in npm.CACHE.iterdir()) == ["lock", "of-nobody-1.2.3.1.json.gz"]


def test_processes_that_start_at_once_fetch_it_once(tmp_path: Path, archive: bytes) -> None:
    begin = tmp_path / "begin"
    script = (
        "import sys\nfrom pathlib import Path\nfrom tests.peers import npm, test_npm\n"
        f"npm.CACHE = Path({str(npm.CACHE)!r})\narchive = Path({str(tmp_path / 'archive.tgz')!r}).read_bytes()\n"
        "print('here', flush=True)\nsys.stdin.readline()\nprint(npm.load(test_npm.extract(archive)))"
    )
    says(tmp_path, f"while [ ! -e {begin} ]; do :; done\ncp {tmp_path}/archive.tgz of-nobody-1.2.3.tgz")
    command = [sys.executable, "-c", script]
    pipe = subprocess.PIPE
    started = [subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) for _ in range(2)]
    for each in started:
        assert each.stdout is not None
        assert each.stdout.readline() == "here\n"
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    begin.touch()
    said = [each.communicate(timeout=60)[0] for each in started]
    assert said == [f"{ALL['events']}\n"] * 2
    assert len(asked(tmp_path)) == 1


def test_what_a_killed_process_left_is_no_hindrance(archive: bytes) -> None:
    left = npm.CACHE / "new-1"
    left.mkdir(parents=True)
    (left / "kept").write_bytes(b"half")
    assert npm.load(extract(archive)) == ALL["events"]
    assert not left.exists()


def test_another_digest_than_the_pinned_one_is_an_error_and_nothing_is_kept(tmp_path: Path, archive: bytes) -> None:
    (tmp_path / "archive.tgz").write_bytes(archive[: len(archive) // 2])
    with pytest.raises(ValueError, match="another digest"):
        npm.load(extract(archive))
    assert [file.name for file in npm.CACHE.iterdir()] == ["lock"]


def test_a_package_that_npm_cannot_fetch_is_lacking_and_asked_for_once(tmp_path: Path, archive: bytes) -> None:
    says(tmp_path, "exit 7")
    for _ in range(2):
        with pytest.raises(npm.PeerLacking, match=r"@of/nobody@1\.2\.3 is not in \.cache/peers.*exit 7"):
            npm.load(extract(archive))
    assert len(asked(tmp_path)) == 1


def test_without_npm_what_is_cached_still_serves(
    tmp_path: Path, archive: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    npm.load(extract(archive))
    npm.load.cache_clear()
    monkeypatch.setenv("PATH", "")
    assert npm.load(extract(archive)) == ALL["events"]
    with pytest.raises(npm.PeerLacking, match="no npm"):
        npm.load(extract(archive, "1.2.4"))


@pytest.mark.parametrize(
    ("ci", "outcome", "said"),
    [("", pytest.skip.Exception, "peers from npm are not"), ("true", pytest.fail.Exception, "@of/nobody")],
)
def test_a_lack_skips_a_module_and_fails_in_ci(
    ci: str, outcome: type[BaseException], said: str, archive: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(outcome, match=said):
        npm.need(extract(archive))
