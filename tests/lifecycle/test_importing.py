"""Is a list of adapters read as meant, and every fault of it told at its line?"""

from datetime import date, timedelta

import pytest

from bot.lifecycle.importing import COLUMNS, MAX_BYTES, Listed, Trouble, read

TODAY = date(2026, 11, 25)
CSV = b"""adapter,repository,owner,serving_since,last_revalidated,revalidate_every,leads,time_zone
ticket-router,Acme/support,first-owner,2026-01-31,2026-09-01,P2M,acme/ml-leads lead,Europe/Berlin
style,acme/docs,second-owner,2026-08-25,,,,
"""
YAML = b"""adapters:
  - adapter: ticket-router
    repository: Acme/support
    owner: first-owner
    serving_since: 2026-01-31
    last_revalidated: 2026-09-01
    revalidate_every: P2M
    leads: [acme/ml-leads, lead]
    time_zone: Europe/Berlin
  - {adapter: style, repository: acme/docs, owner: second-owner, serving_since: 2026-08-25}
"""


def listed(raw: bytes, name: str = "adapters.csv") -> tuple[Listed, ...]:
    found, troubles = read(raw, name, TODAY)
    assert troubles == ()
    return found


def troubles(raw: bytes, name: str = "adapters.csv") -> list[tuple[int, str]]:
    return [(one.line, one.message) for one in read(raw, name, TODAY)[1]]


def row(**changed: str) -> bytes:
    fields = {"adapter": "a", "repository": "acme/x", "owner": "o", "serving_since": "2026-08-25", **changed}
    return f"{','.join(fields)}\n{','.join(fields.values())}\n".encode()


@pytest.mark.parametrize(("raw", "name"), [(CSV, "a.csv"), (YAML, "a.yaml"), (b"\xef\xbb\xbf" + CSV, "a.CSV")])
def test_csv_and_yaml_say_the_same(raw: bytes, name: str) -> None:
    router, style = listed(raw, name)
    known = router.particulars
    assert (known.account, known.name, known.every, known.time_zone) == (
        "Acme",
        "ticket-router",
        "P2M",
        "Europe/Berlin",
    )
    assert known.leads == ("acme/ml-leads", "lead")
    assert router.anchor == date(2026, 9, 1)
    assert (style.particulars.every, style.anchor, style.particulars.backup) == ("P3M", date(2026, 8, 25), None)
    happening = style.happening("a.csv", TODAY, "somebody")
    assert (happening.since, happening.proof["file"]) == (style.anchor, "a.csv")


@pytest.mark.parametrize(
    ("raw", "line", "message"),
    [
        (row(adapter="Ticket Router"), 2, "`adapter` is 'Ticket Router' and should be kebab-case"),
        (row(adapter="a" * 101), 2, "`adapter` is too long"),
        (row(owner="@first"), 2, "`owner` is '@first'"),
        (row(owner=""), 2, "`owner` is missing"),
        (row(repository="acme"), 2, "OWNER/NAME"),
        (row(serving_since="2026-13-01"), 2, "a day like 2026-08-25"),
        (row(serving_since="25.08.2026"), 2, "a day like 2026-08-25"),
        (row(serving_since="0001-01-01"), 2, "a day like 2026-08-25"),
        (row(serving_since=(TODAY + timedelta(days=1)).isoformat()), 2, "is a day to come"),
        (row(revalidate_every="P0D"), 2, "no time after which"),
        (row(revalidate_every="quarterly"), 2, "a period like P3M"),
        (row(digest="abc"), 2, "sha256"),
        (row(team="ml"), 2, "ORGANISATION/TEAM"),
        (row(leads="a, b"), 2, "more or fewer"),
        (row(ownr="x"), 1, "`ownr` is not known here. Did you mean `owner`?"),
        (CSV + CSV.splitlines()[1] + b"\n", 4, "stands at line 2 already"),
        (b"\xff\xfe", 1, "no CSV in UTF-8"),
        (b'adapter\n"a', 1, "no CSV in UTF-8"),
        (b"x" * (MAX_BYTES + 1), 1, "split it"),
    ],
    ids=range(19),
)
def test_what_is_wrong_is_told_at_its_line(raw: bytes, line: int, message: str) -> None:
    found = troubles(raw)
    assert [one for one in found if one[0] == line and message in one[1]], found


@pytest.mark.parametrize(
    ("raw", "line", "message"),
    [
        (b"- adapter: a", 1, "under `adapters:`"),
        (b"adapters:\n  - a\n", 2, "one field a line"),
        (b"adapters:\n  - {adapter: a}\n  - {adapter: b, nmae: c}\n", 3, "`nmae` is not known here"),
        (b"adapters: [", 1, ""),
        (b"", 1, "under `adapters:`"),
        (b"adapters: &a [*a]", 1, ""),
    ],
    ids=range(6),
)
def test_a_yaml_that_is_wrong_is_told_too(raw: bytes, line: int, message: str) -> None:
    found = troubles(raw, "a.yml")
    assert [one for one in found if one[0] == line and message in one[1]], found


def test_everything_that_is_wrong_is_told_at_once() -> None:
    raw = b"adapter,repository,owner,serving_since\nA,x,o,2026\nb,acme/x,,2026-01-01\n"
    assert {line for line, _ in troubles(raw)} == {2, 3}
    assert len(troubles(raw)) == 4


def test_an_empty_list_lists_nothing() -> None:
    assert read(b"adapter,repository,owner,serving_since\n", "a.csv", TODAY) == ((), ())
    assert read(b"", "a.csv", TODAY) == ((), ())


def test_the_page_names_every_column() -> None:
    from tests.lifecycle.test_stages import table

    assert table("Adapters that serve already") == [[name, meaning] for name, meaning in COLUMNS.items()]
    assert Trouble(1, "x").line == 1
