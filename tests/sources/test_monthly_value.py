"""Is what something is worth summed month by month, and is nothing else taken for it?"""

from decimal import Decimal

import pytest

from bot.readiness.evidence import MonthlyValue
from bot.sources.monthly_value import read
from bot.sources.trouble import Unreadable


@pytest.mark.parametrize(
    "text",
    [
        "month,value\n2026-08,4000\n2026-10,4400.50\n",
        "month;value\n2026-10-01;4400.50\n2026-08-01;4000\n",
        '[{"month": "2026-08", "value": 4000}, {"month": "2026-10", "value": 4400.5}]',
    ],
)
def test_each_form_gives_the_same_value(text: str) -> None:
    found = read(text.encode())
    assert found == MonthlyValue("2026-08", "2026-10", 2, 3, Decimal("8400.5"))
    assert found.per_year == Decimal("33602.0")


def test_a_month_of_loss_and_a_currency_are_read() -> None:
    found = read(b"month,value,currency\n2026-12,100,EUR\n2027-01,-40,EUR\n")
    assert (found.span, found.total, found.currency) == (2, Decimal(60), "EUR")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("month,value\n", "holds no month"),
        ("month,value\n2026-13,5\n", "no month"),
        ("month,value\n2026-10-15,5\n", "no month"),
        ("month,value\nSum,5\n", "`month` is `Sum`"),
        ("month,value\n2026-10,5\n2026-10,5\n", "2026-10 stands there twice"),
        ("month,value\n2026-10,=B2\n", "no plain number"),
        ("month,value\n2026-10,$5\n", "no plain number"),
        ("month,value,currency\n2026-10,5,EUR\n2026-11,5,USD\n", "does not name one currency"),
        ("month,value,currency\n2026-10,5,euro\n", "does not name one currency"),
        ('[{"month": "2026-10", "value": NaN}]', "NaN"),
    ],
)
def test_anything_else_is_told_in_a_sentence(text: str, said: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(text.encode())
    assert said in refused.value.fact.reason
    assert refused.value.fact.fix
