"""Does the local PostgreSQL start anywhere it may, survive what happens to processes, and leave strangers' files alone?

As root these tests hand the server to another account, as everybody else they run it themselves; one of them becomes
somebody else where it can.
"""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

import bot
from bot.storage import account as accounts
from bot.storage import embedded, programs, users
from bot.storage.account import Account, EmbeddedUnavailable, server_account
from bot.storage.embedded import EmbeddedPostgres
from tests.database import plain

ROOT = Path(bot.__file__).resolve().parent.parent
LIBRARIES = Path(psycopg.__file__).resolve().parent.parent
NOBODY = pwd.getpwnam("nobody")
ANOTHER = next(name for name in ("nobody", "daemon") if pwd.getpwnam(name).pw_uid != os.geteuid())
STRANGER = Account("stranger", os.geteuid() + 4321, os.getegid() + 4321, foreign=True)


@pytest.fixture
def place() -> Iterator[Path]:
    """A short folder that every account may enter; servers left in it are ended."""
    with open_folder() as made:
        yield made


@pytest.fixture(scope="module")
def prepared() -> Iterator[Path]:
    """A data folder whose server has run before: making one takes longer than most tests."""
    with open_folder() as made:
        server = EmbeddedPostgres(durable=False)
        server.start(made / "data")
        server.stop()
        yield made / "data"


@pytest.fixture
def folder(place: Path, prepared: Path) -> Path:
    """A data folder whose server has run before."""
    subprocess.run(["cp", "-a", prepared, place / "data"], check=True)
    return place / "data"


@pytest.fixture
def fresh(place: Path) -> Path:
    """A data folder that is not there yet."""
    return place / "data"


@pytest.fixture
def server() -> Iterator[EmbeddedPostgres]:
    postgres = EmbeddedPostgres(durable=False)
    yield postgres
    postgres.stop()


@pytest.fixture
def as_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is decided for root before anything is made can be asked by everybody."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)


@contextmanager
def open_folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="tg-"))
    made.chmod(0o711)
    yield made
    for left in made.glob("**/postmaster.pid"):
        with suppress(ProcessLookupError):
            os.kill(int(left.read_text().split()[0]), signal.SIGQUIT)
        wait_for_end(left)
    shutil.rmtree(made)


def wait_for_end(left: Path) -> None:
    deadline = time.monotonic() + 20
    while left.exists():
        assert time.monotonic() < deadline, "the server does not end"
        time.sleep(0.02)


def ask(url: str, query: str) -> object:
    with psycopg.connect(plain(url), autocommit=True) as link:
        answer = link.execute(query)
        row = None if answer.description is None else answer.fetchone()
        return row and row[0]


def postmaster(folder: Path) -> int:
    return int((folder / "postgres" / "data" / "postmaster.pid").read_text().split()[0])


def runs(folder: Path) -> bool:
    return (folder / "postgres" / "data" / "postmaster.pid").exists()


def wait_until_gone(process: int) -> None:
    deadline = time.monotonic() + 20
    while users.started(process) is not None:
        assert time.monotonic() < deadline, "the process does not end"
        time.sleep(0.02)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def snapshot(*paths: Path) -> list[tuple[int, int, int]]:
    return [(path.stat().st_mode, path.stat().st_uid, path.stat().st_gid) for path in paths]


def other_process(
    folder: Path, *words: str, python: str = sys.executable, user: int | None = None
) -> "subprocess.Popen[str]":
    """Start a second process on the folder, as another user if wanted."""
    identity: dict[str, Any] = {} if user is None else {"user": user, "group": NOBODY.pw_gid, "extra_groups": []}
    return subprocess.Popen(
        [python, "-m", "tests.storage.share", str(folder), *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}:{LIBRARIES}", "PYTHONDONTWRITEBYTECODE": "1"},
        **identity,
    )


def url_of(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def dismiss(process: "subprocess.Popen[str]") -> None:
    process.communicate("go\n", timeout=60)
    assert process.returncode == 0


def test_a_server_answers_on_a_private_socket_and_nowhere_else(fresh: Path, server: EmbeddedPostgres) -> None:
    url = server.start(fresh)
    assert url.startswith("postgresql+psycopg://")
    assert ask(url, "SHOW listen_addresses") == ""
    assert ask(url, "SELECT current_database()") == "tunegate"
    assert ask(url, "SHOW server_encoding") == "UTF8"
    assert str(ask(url, "SHOW server_version")).startswith("18.")
    sockets = Path(str(ask(url, "SHOW unix_socket_directories")).strip('"'))
    assert [mode(part) for part in (fresh / "postgres", fresh / "postgres" / "data", sockets)] == [0o700] * 3
    server.stop()
    assert not runs(fresh)


@pytest.mark.parametrize(("durable", "word"), [(True, "on"), (False, "off")])
def test_only_a_test_forgoes_durability(folder: Path, durable: bool, word: str) -> None:
    server = EmbeddedPostgres(durable=durable)
    url = server.start(folder)
    words = {ask(url, f"SHOW {name}") for name in ("fsync", "synchronous_commit", "full_page_writes")}
    server.stop()
    assert words == {word}


def test_data_is_there_after_a_restart(folder: Path, server: EmbeddedPostgres) -> None:
    ask(server.start(folder), "CREATE TABLE kept AS SELECT 7 AS number")
    server.stop()
    assert ask(server.start(folder), "SELECT number FROM kept") == 7


def test_a_use_is_started_once_and_stopped_any_number_of_times(folder: Path, server: EmbeddedPostgres) -> None:
    server.start(folder)
    with pytest.raises(RuntimeError, match="already started"):
        server.start(folder)
    server.stop()
    server.stop()
    assert not runs(folder)


def test_two_uses_in_one_process_count_as_two(folder: Path, server: EmbeddedPostgres) -> None:
    other = EmbeddedPostgres(durable=False)
    url = server.start(folder)
    assert other.start(folder) == url
    other.stop()
    assert ask(url, "SELECT 1") == 1
    server.stop()
    assert not runs(folder)


def test_a_second_process_shares_the_server_and_the_last_to_stop_ends_it(
    folder: Path, server: EmbeddedPostgres
) -> None:
    url = server.start(folder)
    mine = postmaster(folder)
    other = other_process(folder)
    assert url_of(other) == url
    assert postmaster(folder) == mine
    server.stop()
    assert ask(url, "SELECT 1") == 1
    dismiss(other)
    assert not runs(folder)


def test_processes_that_start_at_once_share_one_server(fresh: Path) -> None:
    racing = [other_process(fresh) for _ in range(3)]
    urls = [url_of(process) for process in racing]
    assert len(set(urls)) == 1
    for process in racing:
        assert ask(urls[0], "SELECT 1") == 1
        dismiss(process)
    assert not runs(fresh)


def test_a_killed_owner_leaves_the_server_to_the_next_who_ends_it(folder: Path, server: EmbeddedPostgres) -> None:
    owner = other_process(folder)
    ask(url_of(owner), "CREATE TABLE kept AS SELECT 7 AS number")
    left = postmaster(folder)
    owner.kill()
    owner.communicate(timeout=30)
    url = server.start(folder)
    assert postmaster(folder) == left
    assert ask(url, "SELECT number FROM kept") == 7
    server.stop()
    assert not runs(folder)


def test_a_killed_server_is_started_anew_with_its_data(folder: Path, server: EmbeddedPostgres) -> None:
    other = other_process(folder, "durable")
    ask(url_of(other), "CREATE TABLE kept AS SELECT 7 AS number")
    killed = postmaster(folder)
    os.kill(killed, signal.SIGKILL)
    wait_until_gone(killed)
    url = server.start(folder)
    assert postmaster(folder) != killed
    assert ask(url, "SELECT number FROM kept") == 7
    dismiss(other)
    assert ask(url, "SELECT 1") == 1


def test_the_number_of_a_killed_server_may_belong_to_a_stranger_by_now(folder: Path, server: EmbeddedPostgres) -> None:
    server.start(folder)
    killed = postmaster(folder)
    stale = (folder / "postgres" / "data" / "postmaster.pid").read_text()
    os.kill(killed, signal.SIGKILL)
    wait_until_gone(killed)
    (folder / "postgres" / "data" / "postmaster.pid").write_text(stale.replace(str(killed), str(os.getpid()), 1))
    second = EmbeddedPostgres(durable=False)
    assert ask(second.start(folder), "SELECT 1") == 1
    assert postmaster(folder) not in (killed, os.getpid())
    second.stop()
    server.stop()
    assert not runs(folder)


def test_a_process_id_that_came_round_again_is_no_user(folder: Path, server: EmbeddedPostgres) -> None:
    server.start(folder)
    with (folder / "postgres.lock").open("a") as lock:
        lock.write(f"{os.getppid()} long-ago\n{2**22 + 1} 17\nnonsense\n")
    server.stop()
    assert not runs(folder)


def test_a_copy_of_a_use_made_by_a_fork_stops_nothing(
    folder: Path, server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = EmbeddedPostgres(durable=False)
    url = server.start(folder)
    copy._use = server._use
    with monkeypatch.context() as child:
        child.setattr(os, "getpid", lambda: 2**22 + 1)
        copy.stop()
    assert ask(url, "SELECT 1") == 1


def test_a_killed_initdb_leaves_nothing_that_matters(folder: Path, server: EmbeddedPostgres) -> None:
    server.start(folder)
    server.stop()
    (folder / "postgres" / "data").rename(folder / "postgres" / "data.part")
    (folder / "postgres" / "data.part" / "PG_VERSION").unlink()
    assert ask(server.start(folder), "SELECT 1") == 1
    assert not (folder / "postgres" / "data.part").exists()


def test_a_start_that_fails_says_why_and_leaves_no_server(
    folder: Path, server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "_LAUNCHES", 0.0)
    server.start(folder)
    server.stop()
    with (folder / "postgres" / "data" / "postgresql.conf").open("a") as settings:
        settings.write("no_such_setting = 1\n")
    with pytest.raises(EmbeddedUnavailable, match="no_such_setting"):
        server.start(folder)
    assert not runs(folder)


@pytest.mark.parametrize("name", ['it\'s $HOME "100%" `é`; &?#', "one, two"])
def test_a_folder_may_have_any_name(place: Path, server: EmbeddedPostgres, name: str) -> None:
    odd = place / name
    assert ask(server.start(odd), "SELECT 1") == 1
    joined = EmbeddedPostgres(durable=False)
    assert ask(joined.start(odd), "SELECT 1") == 1
    joined.stop()
    server.stop()
    assert not runs(odd)


def test_a_server_that_somebody_started_by_hand_is_neither_used_nor_harmed(
    folder: Path, server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "_LAUNCHES", 0.0)
    server.start(folder)
    assert server._use is not None
    by_hand = server._use[1]
    server.stop()
    options = f"-c listen_addresses= -c unix_socket_directories={folder}/postgres/run"
    assert by_hand._run("pg_ctl", "start", "-w", "-l", "log", "-o", options).returncode == 0
    theirs = postmaster(folder)
    with pytest.raises(EmbeddedUnavailable, match="does not start"):
        server.start(folder)
    assert postmaster(folder) == theirs
    assert ask(f"postgresql://tunegate@/tunegate?host={folder}/postgres/run", "SELECT 1") == 1
    assert by_hand._run("pg_ctl", "stop", "-w", "-m", "fast").returncode == 0


def test_a_folder_that_cannot_be_made_is_refused(place: Path, server: EmbeddedPostgres) -> None:
    (place / "file").write_text("")
    with pytest.raises(EmbeddedUnavailable, match=r"TUNEGATE_DATA.*DATABASE_URL"):
        server.start(place / "file" / "data")


def test_a_folder_with_a_long_name_has_its_socket_in_a_private_folder_elsewhere(
    place: Path, server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    url = server.start(place / ("long" * 25))
    assert ask(url, "SELECT 1") == 1
    (sockets,) = place.glob("tg-*")
    assert str(sockets) in url
    assert mode(sockets) == 0o700
    server.stop()
    assert not sockets.exists()


def test_a_socket_folder_that_somebody_else_has_prepared_is_refused(
    place: Path, server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    prepared = embedded._elsewhere(place / ("long" * 25) / "postgres")
    prepared.mkdir()
    prepared.chmod(0o777)
    with pytest.raises(EmbeddedUnavailable, match="is not a private folder"):
        server.start(place / ("long" * 25))
    assert mode(prepared) == 0o777


def test_data_of_another_major_version_is_refused_with_the_way_out(folder: Path, server: EmbeddedPostgres) -> None:
    server.start(folder)
    server.stop()
    (folder / "postgres" / "data" / "PG_VERSION").write_text("16\n")
    with pytest.raises(EmbeddedUnavailable, match=r"PostgreSQL 16, .* PostgreSQL 18\. .*pg_dump.*DATABASE_URL"):
        server.start(folder)


def test_no_permission_of_a_folder_that_was_there_is_changed(place: Path, server: EmbeddedPostgres) -> None:
    outer, inner = place / "outer", place / "outer" / "inner"
    inner.mkdir(parents=True)
    outer.chmod(0o751)
    inner.chmod(0o775)
    (inner / "mine").write_text("")
    before = snapshot(place, outer, inner, inner / "mine")
    server.start(inner)
    server.stop()
    assert snapshot(place, outer, inner, inner / "mine") == before


def test_a_folder_below_a_private_one_is_refused_for_root_and_left_alone(place: Path, as_root: None) -> None:
    private = place / "home"
    private.mkdir()
    private.chmod(0o700)
    before = snapshot(place, private)
    with pytest.raises(EmbeddedUnavailable, match=r"home is closed to .*TUNEGATE_DATA.*DATABASE_URL"):
        EmbeddedPostgres(accounts=(ANOTHER,)).start(private / "deep" / "data")
    assert snapshot(place, private) == before
    assert list(private.iterdir()) == []


def test_a_private_data_folder_is_refused_for_root_and_left_alone(place: Path, as_root: None) -> None:
    place.chmod(0o700)
    with pytest.raises(EmbeddedUnavailable, match=r"is closed to .*TUNEGATE_DATA.*DATABASE_URL"):
        EmbeddedPostgres(accounts=(ANOTHER,)).start(place)
    assert mode(place) == 0o700
    assert list(place.iterdir()) == []


def test_root_without_an_account_for_the_server_is_told_to_make_one(fresh: Path, as_root: None) -> None:
    with pytest.raises(EmbeddedUnavailable, match="Create the account `no-such-account`, or set DATABASE_URL"):
        EmbeddedPostgres(accounts=("no-such-account", "root")).start(fresh)
    assert not fresh.exists()


def test_root_takes_the_first_account_that_exists(fresh: Path, as_root: None) -> None:
    assert server_account(fresh, ("no-such-account", "root", "nobody")) == Account(
        "nobody", NOBODY.pw_uid, NOBODY.pw_gid, foreign=True
    )


def test_the_owner_of_the_data_stays_its_server(place: Path, as_root: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "_owner", lambda path: NOBODY.pw_uid)
    assert server_account(place, ("daemon",)).name == "nobody"


def test_data_that_belongs_to_root_is_refused_for_root(
    place: Path, as_root: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "_owner", lambda path: 0)
    with pytest.raises(EmbeddedUnavailable, match="belongs to root"):
        server_account(place)


def test_data_of_somebody_else_is_refused(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (fresh / "postgres").mkdir(parents=True)
    monkeypatch.setattr(os, "geteuid", lambda: STRANGER.uid)
    with pytest.raises(EmbeddedUnavailable, match=r"belongs to .*TUNEGATE_DATA.*DATABASE_URL"):
        EmbeddedPostgres().start(fresh)


def test_a_lock_that_is_a_link_is_not_followed(fresh: Path, place: Path, server: EmbeddedPostgres) -> None:
    fresh.mkdir(mode=0o711)
    (place / "precious").write_text("precious")
    (fresh / "postgres.lock").symlink_to(place / "precious")
    with pytest.raises(EmbeddedUnavailable, match=r"postgres\.lock cannot be opened"):
        server.start(fresh)
    assert (place / "precious").read_text() == "precious"


def test_programs_that_the_account_cannot_read_are_copied_once(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert place not in programs.programs(STRANGER, place).parents
    monkeypatch.setattr(programs, "can_read", lambda account, path: False)
    copied = programs.programs(STRANGER, place)
    assert place in copied.parents
    for program in ("initdb", "pg_ctl", "postgres"):
        said = subprocess.run([copied / program, "--version"], capture_output=True, text=True, check=True).stdout
        assert "(PostgreSQL) 18." in said
    files = [path for path in (place / "programs-0.6.0").rglob("*") if not path.is_symlink()]
    assert files
    assert all(path.stat().st_mode & 0o044 == 0o044 for path in files)
    inode = (copied / "postgres").stat().st_ino
    assert programs.programs(STRANGER, place) == copied
    assert (copied / "postgres").stat().st_ino == inode


def test_a_server_runs_from_copied_programs(
    folder: Path, server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "can_read", lambda account, path: False)
    url = server.start(folder)
    assert ask(url, "SELECT 1") == 1
    assert (folder / "programs-0.6.0").exists() == (os.geteuid() == 0)


def test_what_an_account_may_enter_is_told_by_owner_group_and_others(place: Path) -> None:
    seen = place.stat()
    mine = Account("mine", seen.st_uid, seen.st_gid, foreign=True)
    kin = Account("kin", STRANGER.uid, seen.st_gid, foreign=True)
    expected = {0o711: (), 0o700: (kin, STRANGER), 0o710: (STRANGER,), 0o701: (kin,), 0o611: (mine,)}
    for bits, shut_out in expected.items():
        place.chmod(bits)
        assert tuple(who for who in (mine, kin, STRANGER) if accounts.closed_to(who, place)) == shut_out
    place.chmod(0o711)


def test_an_ordinary_user_serves_itself(place: Path) -> None:
    """As root: becomes `nobody`, if an interpreter is within its reach; else the server alone does."""
    python = _python_for_nobody() if os.geteuid() == 0 else sys.executable
    user = NOBODY.pw_uid if os.geteuid() == 0 and python else None
    home = place / "home"
    home.mkdir(mode=0o700)
    if user is not None:
        os.chown(home, user, NOBODY.pw_gid)
    elif os.geteuid() == 0:
        home.chmod(0o711)  # the server's account is another one then, and must get through
    process = other_process(home / "data", python=python or sys.executable, user=user)
    url = url_of(process)
    assert ask(url, "SELECT 1") == 1
    server = Path(f"/proc/{postmaster(home / 'data')}")
    data = home / "data" / "postgres" / "data"
    if server.exists():
        assert server.stat().st_uid == data.stat().st_uid
    assert data.stat().st_uid != 0
    if user is not None:
        assert data.stat().st_uid == user
        assert mode(home / "data") == 0o700
    dismiss(process)
    assert not runs(home / "data")


@pytest.mark.parametrize("first", ["root", "user"])
def test_root_and_the_servers_account_can_take_turns(place: Path, first: str) -> None:
    """As everybody else: the same user twice."""
    python = _python_for_nobody() if os.geteuid() == 0 else None
    user = NOBODY.pw_uid if python else None
    folder = place / "data"
    folder.mkdir()
    folder.chmod(0o711)
    if user is not None:
        os.chown(folder, user, NOBODY.pw_gid)
    mine = EmbeddedPostgres(durable=False, accounts=("nobody",))
    if first == "root":
        url = mine.start(folder)
        other = other_process(folder, python=python or sys.executable, user=user)
        assert url_of(other) == url
        mine.stop()
        assert ask(url, "SELECT 1") == 1
        dismiss(other)
    else:
        other = other_process(folder, python=python or sys.executable, user=user)
        url = url_of(other)
        assert mine.start(folder) == url
        dismiss(other)
        assert ask(url, "SELECT 1") == 1
        mine.stop()
    assert not runs(folder)


def _python_for_nobody() -> str | None:
    """An interpreter of this version that `nobody` can run and that finds the package and psycopg."""
    minor = f"python3.{sys.version_info.minor}"
    for candidate in (sys.executable, f"/usr/local/bin/{minor}", f"/usr/bin/{minor}"):
        with suppress(OSError):
            done = subprocess.run(
                [candidate, "-c", "import bot.storage.embedded"],
                user=NOBODY.pw_uid,
                group=NOBODY.pw_gid,
                extra_groups=[],
                cwd=ROOT,
                env={"PYTHONPATH": f"{ROOT}:{LIBRARIES}", "PYTHONDONTWRITEBYTECODE": "1"},
                capture_output=True,
                check=False,
            )
            if done.returncode == 0:
                return candidate
    return None
