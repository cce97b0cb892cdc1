"""Which versions of a file changed what it says, and since when does it say what it says?"""

from datetime import UTC, datetime

import pytest

from bot.readiness.changes import Began, began, changed, collapse, moment
from bot.readiness.evidence import History, Version


def versions(*meanings: str | None) -> tuple[Version, ...]:
    """Versions newest first, one a day; the last is of the first."""
    days = len(meanings)
    return tuple(Version(f"c{days - n}", f"2025-12-{days - n:02}T00:00:00Z", m) for n, m in enumerate(meanings))


@pytest.mark.parametrize(
    ("meanings", "complete", "commits"),
    [
        ((), True, []),
        (("a",), True, []),
        ((None,), False, []),
        (("b", "a"), True, ["c2"]),
        (("b", "a"), False, ["c2"]),
        (("a", "a", "a"), True, []),
        (("a", "b", "a"), True, ["c3", "c2"]),
        (("b", "b", "a"), True, ["c2"]),
        (("b", None, None), False, []),
        ((None, None), True, []),
        (("b", None, "a"), True, []),
    ],
)
def test_what_means_another_thing_than_before_is_a_change(
    meanings: tuple[str | None, ...], complete: bool, commits: list[str]
) -> None:
    assert [version.commit for version in changed(History(versions(*meanings), complete))] == commits


@pytest.mark.parametrize(
    ("meanings", "complete", "day", "is_change", "sure"),
    [
        (("a",), True, 1, False, True),
        (("a",), False, 1, True, False),
        ((None,), True, 1, False, True),
        (("b", "b", "a"), True, 2, True, True),
        (("a", "a"), True, 1, False, True),
        (("a", "a"), False, 1, True, False),
        ((None, None), True, 2, True, True),
        (("a", "a", None), True, 2, True, False),
    ],
)
def test_since_when_a_file_says_what_it_says(
    meanings: tuple[str | None, ...], complete: bool, day: int, is_change: bool, sure: bool
) -> None:
    at = datetime(2025, 12, day, tzinfo=UTC)
    assert began(History(versions(*meanings), complete)) == Began(at, is_change, sure)


def test_what_was_never_committed_began_never() -> None:
    assert began(History(())) is None
    assert began(History((Version("c", "yesterday"),))) is None


def test_versions_that_were_not_read_stay() -> None:
    assert collapse(versions(None, None, "a", "a", None)) == (
        *versions(None, None, "a", "a", None)[:2],
        *versions(None, None, "a", "a", None)[3:],
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2025-12-01T12:00:00Z", datetime(2025, 12, 1, 12, tzinfo=UTC)),
        ("2025-12-01T12:00:00", datetime(2025, 12, 1, 12, tzinfo=UTC)),
        ("2025-12-01T12:00:00+02:00", datetime(2025, 12, 1, 10, tzinfo=UTC)),
        ("2025-12-01", datetime(2025, 12, 1, tzinfo=UTC)),
        ("0001-01-01T00:00:00+10:00", None),  # before the calendar begins
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_an_instant(text: str | None, found: datetime | None) -> None:
    assert moment(text) == found
