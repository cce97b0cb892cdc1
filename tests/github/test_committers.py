"""Whose commits does a pull request bring, and is it told where nobody can say?"""

from typing import Any

import pytest

from bot.ports import Committers, ForgeTrouble
from tests.github.conftest import Bot
from tests.github.stand_in import Fault, StandIn

ADA, BOB = ({"login": login, "id": n, "type": "User"} for n, login in ((1, "Ada"), (2, "bob")))


def commit(author: Any = ADA, committer: Any = ADA, message: str = "A word") -> dict[str, Any]:
    return {"sha": "c" * 40, "author": author, "committer": committer, "commit": {"message": message}}


def brought(bot: Bot, github: StandIn, *commits: dict[str, Any]) -> Committers:
    github.commits = list(commits)
    return bot.pull()[0].committers()


def test_authors_and_committers_are_told_by_login_and_number(bot: Bot, github: StandIn) -> None:
    found = brought(bot, github, commit(), commit(ADA, BOB))
    assert found == Committers(frozenset({"ada", "bob"}), frozenset({1, 2}))


@pytest.mark.parametrize("nobody", [None, {}])
def test_a_commit_of_no_known_account_is_told(bot: Bot, github: StandIn, nobody: Any) -> None:
    assert brought(bot, github, commit(), commit(nobody, ADA)).unknown == "c" * 12
    assert brought(bot, github, commit(ADA, nobody)).unknown == "c" * 12


def test_a_co_author_counts_where_the_address_tells_the_account(bot: Bot, github: StandIn) -> None:
    trailers = (
        "Co-authored-by: Cy Ng <31+cy-ng@users.noreply.github.com>\n"
        "co-authored-by: Di <Di@users.noreply.github.com>\n"
        "Co-authored-by: Eve <eve@example.org>\n"
        "mentions <44+fay@users.noreply.github.com>"
    )
    found = brought(bot, github, commit(message=f"A word\n\n{trailers}"))
    assert found.logins == {"ada", "cy-ng", "di"}
    assert found.ids == {1, 31}
    assert found.unknown is None


def test_a_list_that_may_be_cut_is_told(bot: Bot, github: StandIn) -> None:
    assert not brought(bot, github, *[commit()] * 249).cut
    assert brought(bot, github, *[commit()] * 250).cut


def test_what_cannot_be_listed_is_trouble(bot: Bot, github: StandIn) -> None:
    github.faults.append(Fault("GET", "/commits", (502, {}, {})))
    with pytest.raises(ForgeTrouble):
        brought(bot, github, commit())
