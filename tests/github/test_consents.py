"""Whose word is found on a pull request, and whose is not?"""

from typing import Any

import pytest

from bot.ports import Directory
from bot.readiness.fact import Known, Trouble, Unavailable
from bot.readiness.ownership import Consent
from tests.github.conftest import Bot
from tests.github.stand_in import BOT, HEAD, Fault, StandIn

ADA, BOB = ({"login": login, "id": n, "type": "User"} for n, login in ((1, "ada"), (2, "bob")))
AUTHOR = Consent("ada", 1, "author")
WRITTEN = "2026-02-01T10:00:00Z"


@pytest.fixture
def people(bot: Bot, github: StandIn) -> Directory:
    github.users = {"ada": ADA, "bob": BOB}
    github.members = {"ada": 204, "bob": 204}
    directory = bot.pull()[0].directory()
    for login in ("ada", "bob"):
        directory.person(login)
    github.requests.clear()
    return directory


def comment(body: str, user: Any = BOB, updated: str = WRITTEN) -> dict[str, Any]:
    return {"id": 1, "user": user, "body": body, "created_at": WRITTEN, "updated_at": updated}


def review(state: str, user: Any = BOB, commit: str = HEAD) -> dict[str, Any]:
    return {"id": 1, "user": user, "state": state, "commit_id": commit, "body": ""}


def given(people: Directory, *logins: str) -> tuple[Consent, ...]:
    found = people.consents(logins or ("ada", "bob"))
    assert isinstance(found, Known)
    return found.value


def test_an_author_alone_is_seen_without_a_call(people: Directory, github: StandIn) -> None:
    assert given(people, "ada") == (AUTHOR,)
    assert not github.calls


def test_an_approval_of_the_head_takes_one_call(people: Directory, github: StandIn) -> None:
    github.reviews = [review("APPROVED")]
    assert given(people) == (AUTHOR, Consent("bob", 2, "review", HEAD))
    assert len(github.calls) == 1


def test_an_approval_of_another_head_is_found_beside_a_comment(people: Directory, github: StandIn) -> None:
    github.reviews = [review("APPROVED", commit="e" * 40)]
    github.comments = [comment("/tunegate own")]
    assert given(people) == (AUTHOR, Consent("bob", 2, "review", "e" * 40), Consent("bob", 2, "comment"))


@pytest.mark.parametrize(
    ("states", "approves"),
    [
        (["APPROVED", "COMMENTED"], True),
        (["CHANGES_REQUESTED", "APPROVED"], True),
        (["APPROVED", "CHANGES_REQUESTED"], False),
        (["DISMISSED"], False),
        (["COMMENTED"], False),
        (["PENDING"], False),
    ],
)
def test_the_last_review_that_says_yes_or_no_decides(
    people: Directory, github: StandIn, states: list[str], approves: bool
) -> None:
    github.reviews = [review(state) for state in states]
    assert (len(given(people)) == 2) is approves


@pytest.mark.parametrize(
    "said",
    [
        comment("I could own it"),
        comment("> /tunegate own"),
        comment("/tunegate own", updated="2026-02-01T10:00:01Z"),
        comment("/tunegate own", user=BOT),
        comment("/tunegate own", user=None),
        comment("/tunegate own", user={"login": "bob", "id": "2", "type": "User"}),
        comment("/tunegate own") | {"created_at": None, "updated_at": None},
        comment("") | {"body": None},
    ],
)
def test_a_comment_that_counts_for_nothing(people: Directory, github: StandIn, said: dict[str, Any]) -> None:
    github.comments = [said]
    assert given(people) == (AUTHOR,)


def test_the_word_of_a_person_is_found_among_many(people: Directory, github: StandIn) -> None:
    chatter = [comment("nice", user=ADA) for _ in range(150)]
    github.comments = [*chatter, comment("Gladly.\n\n/tunegate own\n"), *chatter]
    assert Consent("bob", 2, "comment") in given(people)


def test_what_cannot_be_read_now_is_passing(people: Directory, github: StandIn) -> None:
    github.faults.append(Fault("GET", "/reviews", (502, {}, {})))
    found = people.consents(["bob"])
    assert isinstance(found, Unavailable)
    assert found.trouble is Trouble.PASSING


def test_a_pull_request_of_a_deleted_account_has_no_author_s_word(bot: Bot, github: StandIn) -> None:
    github.pull["user"] = None
    github.users = {"ada": ADA}
    assert given(bot.pull()[0].directory(), "ada") == ()


def test_comments_are_not_asked_for_where_there_are_none(bot: Bot, people: Directory, github: StandIn) -> None:
    github.comments = [comment("/tunegate own")]
    github.pull["comments"] = 0  # said by GitHub in the same breath: one that came since is told by its own webhook
    directory = bot.pull()[0].directory()
    github.requests.clear()
    assert given(directory) == (AUTHOR,)
    assert len(github.calls) == 1
    github.pull["comments"] = 1
    assert len(given(bot.pull()[0].directory())) == 2
