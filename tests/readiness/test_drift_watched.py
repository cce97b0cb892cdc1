"""Is told how often something looks for drift, also where it never does?"""

import pytest

from bot.readiness.checks.owner import drift_watched
from bot.readiness.ownership import NEVER
from tests.dossiers import READY_FACTS, dossier

AT = "owner.drift_checks.data"


@pytest.mark.parametrize(
    ("cron", "gap", "said"),
    [
        ("0 6 1 1 *", 366, "up to 366 days go by"),
        ("0 6 31 2 *", NEVER, "less than twice in four years, if ever"),
    ],
)
def test_how_seldom_it_looks_is_told(cron: str, gap: int, said: str) -> None:
    facts = READY_FACTS | {"schedules": READY_FACTS["schedules"] | {AT: {"runs": [cron], "gap": gap}}}
    found = next(each for each in drift_watched.run(dossier(facts=facts)) if each.at == AT)
    assert said in found.message
    assert str(NEVER) not in found.message
