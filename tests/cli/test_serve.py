"""Does `tunegate serve` start and end in order: what it made is ended with it, and what is wrong is said in a line?"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.database import plain
from tests.end_to_end.conftest import until

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that every account may enter, for root hands PostgreSQL to another one."""
    with tempfile.TemporaryDirectory(prefix="tg-") as made:
        Path(made).chmod(0o711)
        yield Path(made)


def environment(place: Path, **more: str) -> dict[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
    given = {
        "TUNEGATE_DATA": str(place / "data"),
        "TUNEGATE_GITHUB_APP_ID": "1",
        "TUNEGATE_GITHUB_PRIVATE_KEY": pem,
        "TUNEGATE_GITHUB_WEBHOOK_SECRET": "s",
        "TUNEGATE_GITHUB_API_URL": "http://127.0.0.1:9",
        "PYTHONPATH": str(ROOT),
    }
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "PYTHONPATH")}
    return {**kept, **given, **more}


def serve(place: Path, *options: str, **more: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "bot", "serve", *options]
    return subprocess.Popen(
        command,
        cwd=place,
        env=environment(place, **more),
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_hear_signals,  # no other thread of the test holds a lock that it needs
    )


def _hear_signals() -> None:
    """Undo what a shell's background job or `nohup` hands down: signals that are ignored, and stay so."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def refused(place: Path, *options: str, **more: str) -> str:
    """Start in vain; return the only line that was said."""
    with serve(place, *options, **more) as process:
        _, said = process.communicate(timeout=60)
    assert process.returncode == 2, said
    [line] = [line for line in said.splitlines() if line.startswith("tunegate serve: ")]
    return line


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


def is_ready(url: str) -> bool:
    try:
        return requests.get(f"{url}/readyz", timeout=5).status_code == 200
    except requests.ConnectionError:
        return False


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_whatever_it_started_ends_with_it(place: Path, told: signal.Signals) -> None:
    port = free_port()
    with serve(place, "--port", str(port)) as process:
        until(lambda: is_ready(f"http://127.0.0.1:{port}"), "the service is ready")
        assert (place / "data/postgres/data/postmaster.pid").exists()
        process.send_signal(told)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert f"listening on 127.0.0.1 port {port}" in said
    assert not (place / "data/postgres/data/postmaster.pid").exists()


def test_its_own_database_is_started_again_when_it_was_killed(place: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with serve(place, "--port", str(port)) as process:
        until(lambda: is_ready(url), "the service is ready")
        pid = place / "data/postgres/data/postmaster.pid"
        os.kill(int(pid.read_text().splitlines()[0]), signal.SIGKILL)
        until(lambda: not is_ready(url), "the database is away")
        until(lambda: is_ready(url), "the database is back")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert process.returncode == 0
    assert not pid.exists()


def test_told_to_stop_while_it_starts_it_leaves_nothing_running(place: Path) -> None:
    with serve(place) as process:
        until(lambda: (place / "data/postgres").exists(), "its database is being made")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=90)
    assert process.returncode == 0
    assert not (place / "data/postgres/data/postmaster.pid").exists()


def test_a_port_that_is_taken_is_named(place: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"127.0.0.1 port {port} cannot be listened on" in refused(place, "--port", str(port))


def test_a_database_that_refuses_is_told_in_its_own_words_without_the_password(place: Path, postgres_url: str) -> None:
    away = refused(place, DATABASE_URL="postgresql://u:hush@127.0.0.1:9/d")
    assert "Connection refused" in away
    assert "hush" not in away
    missing = refused(place, DATABASE_URL=plain(postgres_url).replace("/tunegate?", "/nowhere?"))
    assert 'database "nowhere" does not exist' in missing


def test_a_database_that_is_not_migrated_is_told_what_to_do(place: Path, new_database: object) -> None:
    assert "run `tunegate migrate`" in refused(place, DATABASE_URL=plain(new_database()))  # type: ignore[operator]


def test_a_database_of_a_newer_release_sends_nobody_in_a_circle(place: Path, database_url: str) -> None:
    url = plain(database_url)
    with psycopg.connect(url, autocommit=True) as link:
        was = link.execute("SELECT version_num FROM alembic_version").fetchone()
        link.execute("UPDATE alembic_version SET version_num = '9999'")
        try:
            assert "of a newer release" in refused(place, DATABASE_URL=url)
        finally:
            link.execute("UPDATE alembic_version SET version_num = %s", was)
