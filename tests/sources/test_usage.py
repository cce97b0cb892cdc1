"""Are the requests of a day counted as they stand, and is nothing else taken for a count?"""

import json
from decimal import Decimal

import pytest

from bot.readiness.evidence import Usage
from bot.sources.trouble import Unreadable
from bot.sources.usage import read

DAYS = [("2026-10-01", 100), ("2026-10-02", 300), ("2026-10-04", 200)]
COUNTED = Usage("2026-10-01", "2026-10-04", 3, 4, 600)
CSV = "date,requests\n" + "\n".join(f"{day},{requests}" for day, requests in DAYS)
ROWS = [{"date": day, "requests": requests} for day, requests in DAYS]


@pytest.mark.parametrize(
    "text",
    [
        CSV,
        CSV.replace("\n", "\r\n") + "\r\n",
        "\ufeff" + CSV,
        CSV.replace(",", ";"),
        CSV.replace(",", "\t"),
        "Requests, Date ,cost\n" + "\n".join(f"{requests},{day},0.3" for day, requests in reversed(DAYS)),
        CSV.replace("-01,", "-01T00:00:00Z,").replace("-02,", "-02 00:00:00.000,"),
        CSV.replace("100", "100.0"),
        json.dumps(ROWS),
        "\n".join(map(json.dumps, ROWS)) + "\n\n",
        json.dumps([{**row, "requests": float(row["requests"])} for row in ROWS]),  # type: ignore[arg-type]
    ],
)
def test_each_form_gives_the_same_count(text: str) -> None:
    assert read(text.encode()) == COUNTED


def test_a_day_that_is_left_out_had_no_requests() -> None:
    assert read(CSV.encode()).per_day == Decimal(150)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no columns `date` and `requests`"),
        ("date,requests\n", "holds no day"),
        ("[]", "holds no day"),
        ("date,requests,requests\n2026-10-01,1,900\n", "each once"),
        ("day,requests\n2026-10-01,1\n", "no columns"),
        ("date,requests\n2026-10-01,=10*1000\n", "Line 2: `requests` is `=10*1000`, which is no plain number"),
        ("date,requests\n2026-10-01,'=A1\n", "no plain number"),
        ("date,requests\n=TODAY(),5\n", "Line 2: `date` is `=TODAY()`, which is no date"),
        ("date,requests\n2026-10-01,1,234\n", "Line 2 has more cells than the head"),
        ('date,requests\n2026-10-01,"1,234"\n', "no plain number"),
        ("date,requests\n2026-10-01,1e9\n", "no plain number"),
        ("date,requests\n2026-10-01,\n", "`requests` is empty"),
        ("date,requests\n2026-10-01\n", "`requests` is empty"),
        ("date,requests\n2026-10-01,-5\n", "no number of requests"),
        ("date,requests\n2026-10-01,5.5\n", "no number of requests"),
        ("date,requests\n2026-10-01,9999999999999999\n", "no plain number"),
        ("date,requests\n2026-10-01,٣٤\n", "no plain number"),
        ("date,requests\n2026-10-01,5\nTotal,5\n", "Line 3: `date` is `Total`"),
        ("date,requests\n2026-10-01,5\n2026-10-01,5\n", "Line 3: 2026-10-01 stands there twice"),
        ("date,requests\n2026-10-01T05:00:00Z,5\n", "no date"),
        ("date,requests\n2026-02-30,5\n", "no date"),
        ("date,requests\n01.10.2026,5\n", "no date"),
        ("date,requests\n0001-01-01,5\n", "no date"),
        ("date,requests\n9999-12-31,5\n", "no date"),
        ('[{"date": "2026-10-01", "requests": true}]', "no plain number"),
        ('[{"date": "2026-10-01", "requests": [1]}]', "no plain number"),
        ('[{"date": 20261001, "requests": 1}]', "no date"),
        ('[{"date": "2026-10-01", "requests": 1, "requests": 9}]', "twice"),
        ('[["2026-10-01", 1]]', "Row 1 is no JSON object"),
        ('{"2026-10-01": 100}', "`date` is empty"),
        ("[" * 100_000, "nested deeper"),
        ('date,requests\n"2026-10-01,5\n', "neither JSON nor CSV"),
        ("date,requests\n" + "2026-10-01,5\n" * 5_001, "twice"),
        ("date,requests\n2026-10-01," + "9" * 200_000, "neither JSON nor CSV"),
        (" " * 5_000_001, "5,000,001 bytes"),
    ],
)
def test_anything_else_is_told_in_a_sentence(text: str, said: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(text.encode())
    assert said in refused.value.fact.reason
    assert refused.value.fact.fix


def test_what_is_no_text_is_told() -> None:
    with pytest.raises(Unreadable, match="UTF-8"):
        read(b"date,requests\n\xff\xfe,5\n")


def test_more_rows_than_anybody_needs_are_not_read() -> None:
    rows = "".join(
        f'{{"date": "{2000 + n // 336}-{n % 336 // 28 + 1:02}-{n % 28 + 1:02}", "requests": 1}}\n' for n in range(5_001)
    )
    with pytest.raises(Unreadable, match="more than 5,000 rows"):
        read(rows.encode())
