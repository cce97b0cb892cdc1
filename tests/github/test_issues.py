"""Does a thread live as one issue, found again only where the bot wrote and signed it?"""

from dataclasses import replace
from typing import Any

import pytest

from bot.github.client import Client
from bot.github.issues import IssuesOfApp, IssuesOfRepository
from bot.notify.issue import IssueChannel
from bot.ports import ForgeTrouble, Message, NotDelivered, Receipt
from bot.report.letter import Letter, Paragraph
from bot.sandbox.faults import Fault
from bot.sandbox.model import Issue
from tests.github.shop import Shop, WorldClock
from tests.notify.messages import HOSTILE, hostile, message

STANDING = Letter("Revalidate ticket-router", (Paragraph("Nothing yet."),))


class Desk:
    """The channel of issues over the sandbox."""

    def __init__(self, shop: Shop, *secrets: str) -> None:
        self.shop = shop
        self.opened = IssuesOfApp(shop.auth, shop.town.api, WorldClock(shop.world), secrets or ("one",))
        self.channel = IssueChannel(self.opened.open)
        self.to = f"{shop.town.installation.id}/{shop.models.id}"

    def message(self, **changes: Any) -> Message:
        return message(**{"to": self.to, "people": ("ada",), "standing": STANDING, **changes})

    def send(self, **changes: Any) -> Receipt:
        return self.channel.send(self.message(**changes))

    def issues(self) -> list[Issue]:
        return [each for each in self.shop.models.issues.values() if each.number not in self.shop.models.pulls]

    @property
    def issue(self) -> Issue:
        (only,) = self.issues()
        return only

    def comments(self) -> list[str]:
        return [each.body for each in self.shop.world.comments(self.issue)]

    def writes(self) -> list[str]:
        return [
            f"{each.method} {each.path.partition('/issues')[2]}"
            for each in self.shop.world.requests
            if each.method != "GET" and "/issues" in each.path
        ]


@pytest.fixture
def desk(shop: Shop) -> Desk:
    return Desk(shop)


def test_the_first_message_opens_an_issue_and_its_people_are_assigned_and_named(desk: Desk) -> None:
    receipt = desk.send(people=("ada", "acme/ml-platform"), labels=("revalidation",))
    issue = desk.issue
    assert receipt == Receipt(str(issue.number))
    assert (issue.title, issue.labels) == ("Revalidate ticket-router", ("revalidation",))
    assert [each.login for each in issue.assignees] == ["ada"]
    assert issue.body is not None
    assert issue.body.startswith("@ada @acme/ml-platform\n\nNothing yet")
    assert desk.comments() == []  # opening it has told them


def test_later_messages_edit_silently_and_comment_once(desk: Desk) -> None:
    begun = desk.send().reference
    desk.send(
        key="b", aloud=False, begun=begun, standing=replace(STANDING, subject="Revalidate it now"), labels=("overdue",)
    )
    assert (desk.issue.title, desk.issue.labels) == ("Revalidate it now", ("overdue",))
    assert desk.comments() == []
    receipt = desk.send(key="c", begun=begun)
    (comment,) = desk.comments()
    assert comment.startswith("@ada\n\n`ticket-router` is due")
    assert receipt.reference.startswith(f"{desk.issue.number}/")
    assert len(desk.issues()) == 1


def test_what_is_as_it_should_be_is_not_written_again(desk: Desk) -> None:
    desk.send(labels=("overdue",))
    desk.send(key="b", aloud=False, labels=("Overdue",))  # which loses the mention, once
    before = len(desk.writes())
    desk.send(key="c", aloud=False, labels=("overdue",))
    assert len(desk.writes()) == before


def test_labels_of_other_people_stay(desk: Desk) -> None:
    desk.send()
    desk.issue.labels = ("theirs",)
    desk.send(key="b", aloud=False, labels=("overdue",))
    assert set(desk.issue.labels) == {"theirs", "overdue"}


def test_what_arrived_is_found_by_its_key_in_the_issue_or_in_a_comment(desk: Desk) -> None:
    assert desk.channel.find(desk.message()) is None
    first = desk.send()
    assert desk.channel.find(desk.message()) == replace(first, already=True)
    assert desk.channel.find(desk.message(key="b")) is None
    second = desk.send(key="b", begun=first.reference)
    assert desk.channel.find(desk.message(key="b")) == replace(second, already=True)
    assert desk.channel.find(desk.message()) is not None  # the edit between has not taken its mark away
    assert desk.channel.find(desk.message(thread="cycle 8")) is None


def test_an_issue_is_found_by_its_mark_when_its_number_is_not_known_or_wrong(desk: Desk) -> None:
    desk.send()
    desk.send(key="b", begun=None)
    desk.send(key="c", begun="999999")
    desk.send(key="d", begun=str(desk.shop.pull.number))
    desk.send(key="e", begun="nonsense")
    assert len(desk.issues()) == 1
    assert len(desk.comments()) == 4


def test_nobody_elses_issue_counts_whatever_it_says(desk: Desk) -> None:
    desk.send()
    body = desk.issue.body
    world, models = desk.shop.world, desk.shop.models
    desk.issue.body = "taken away"
    world.open_issue(models, "Copied", desk.shop.town.eve, body)
    desk.send(key="b")
    assert len(desk.issues()) == 3
    assert "taken away" in [each.body for each in desk.issues()]


def test_another_apps_issue_does_not_count_either(desk: Desk) -> None:
    desk.send()
    copied = desk.shop.world.open_issue(desk.shop.models, "Copied", desk.issue.author, desk.issue.body)
    other = desk.shop.world.create_app("Other", desk.shop.town.acme, permissions={"issues": "write"}, events=())
    ours, copied.app = next(each for each in desk.issues() if each is not copied), other
    ours.body = "taken away"
    issues = desk.opened.open(desk.shop.town.installation.id, desk.shop.models.id)
    assert issues.find("cycle 7") is None
    assert issues.find("cycle 7", copied.number) is None


def test_a_mark_that_is_copied_to_another_repository_is_none(desk: Desk) -> None:
    desk.send()
    site = desk.shop.town.site
    copied = desk.shop.world.open_issue(site, "Copied", desk.issue.author, desk.issue.body)
    copied.app = desk.issue.app
    client = Client(
        desk.shop.auth, desk.shop.town.api, desk.shop.town.installation.id, site.id, WorldClock(desk.shop.world)
    )
    assert IssuesOfRepository(client, desk.shop.auth, ["one"]).find("cycle 7") is None


def test_a_secret_can_be_rotated(desk: Desk) -> None:
    desk.send()
    both = Desk(desk.shop, "two", "one")
    both.send(key="b", aloud=False)  # signs anew
    assert len(both.issues()) == 1
    Desk(desk.shop, "two").send(key="c")
    assert len(both.issues()) == 1
    Desk(desk.shop, "three").send(key="d")
    assert len(both.issues()) == 2
    with pytest.raises(ValueError, match="no secret"):
        IssuesOfApp(desk.shop.auth, desk.shop.town.api, WorldClock(desk.shop.world), ())


def test_an_issue_that_is_closed_without_evidence_is_opened_again_once(desk: Desk) -> None:
    desk.send()
    desk.shop.world.set_issue_state(desk.issue, "closed")
    desk.send(key="b")
    assert desk.issue.state == "open"
    (comment,) = desk.comments()  # the reason and the reminder in one
    assert "no evidence has passed yet" in comment
    assert "@ada" in comment
    assert desk.channel.find(desk.message(key="b")) is not None
    desk.shop.world.set_issue_state(desk.issue, "closed")
    desk.send(key="c")
    assert desk.issue.state == "closed"
    assert len(desk.comments()) == 2


def test_it_is_opened_again_also_by_a_message_that_is_not_aloud(desk: Desk) -> None:
    desk.send()
    desk.shop.world.set_issue_state(desk.issue, "closed")
    for key in ("b", "c"):
        desk.send(key=key, aloud=False)
    assert desk.issue.state == "open"
    assert len(desk.comments()) == 1


def test_a_settled_thread_closes_its_issue_and_opens_none(desk: Desk) -> None:
    assert desk.send(done=True).already
    assert desk.issues() == []
    desk.send()
    desk.send(key="end", done=True, standing=replace(STANDING, subject="ticket-router is settled"))
    assert (desk.issue.state, desk.issue.title) == ("closed", "ticket-router is settled")
    assert len(desk.comments()) == 1
    desk.send(key="end", done=True, aloud=False)
    assert len(desk.comments()) == 1


def test_who_cannot_be_assigned_keeps_nobody_else_from_hearing(desk: Desk) -> None:
    desk.send(people=("ada", "left-long-ago", "acme/ml-platform", "eve"))
    assert [each.login for each in desk.issue.assignees] == ["ada"]
    assert desk.issue.body is not None
    assert "@left-long-ago" in desk.issue.body


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_mentions_people_or_signs_anything(desk: Desk, text: str) -> None:
    desk.send(letter=hostile(text), standing=hostile(text), people=(text,))
    desk.send(letter=hostile(text), standing=hostile(text), people=(text,), key="b")
    bodies = [desk.issue.body or "", *desk.comments()]
    for body in bodies:
        assert "<script" not in body
        assert "@everyone" not in body
        assert "![" not in body.replace("\\!", "").replace("!\\[", "")
        assert body.count("<!-- tunegate:") == (2 if body is bodies[0] else 1)
    assert len(desk.issue.title) <= 250


@pytest.mark.parametrize(
    ("status", "lasting", "uncertain", "retry_after"),
    [(410, True, False, None), (403, False, False, None), (502, False, True, None), (429, False, False, 60.0)],
)
def test_githubs_no_says_whether_it_lasts(
    desk: Desk, status: int, lasting: bool, uncertain: bool, retry_after: float | None
) -> None:
    path = "/repos/acme/models/issues"
    desk.shop.world.faults.append(Fault(method="POST", path=path, status=status, body={"message": "No"}))
    with pytest.raises(NotDelivered) as caught:
        desk.send()
    told = caught.value
    assert (told.lasting, told.uncertain, told.retry_after) == (lasting, uncertain, retry_after)


def test_an_issue_whose_answer_was_lost_is_found_and_not_opened_twice(desk: Desk) -> None:
    lost = Fault(method="POST", path="/repos/acme/models/issues$", status=502, after=True)
    desk.shop.world.faults.append(lost)
    with pytest.raises(NotDelivered) as caught:
        desk.send()
    assert caught.value.uncertain
    assert desk.channel.find(desk.message()) == Receipt(str(desk.issue.number), already=True)
    desk.send(key="T", begun=None)
    assert len(desk.issues()) == 1


def test_a_comment_whose_answer_was_lost_is_found(desk: Desk) -> None:
    desk.send()
    desk.shop.world.faults.append(Fault(method="POST", path="/comments$", action="drop", after=True))
    with pytest.raises(NotDelivered) as caught:
        desk.send(key="T")
    assert caught.value.uncertain
    found = desk.channel.find(desk.message(key="T"))
    assert found is not None
    assert found.reference.startswith(f"{desk.issue.number}/")


def test_nobody_is_assigned_where_one_of_them_cannot_be(desk: Desk) -> None:
    town = desk.shop.town
    path, token = "/repos/acme/models", town.token()
    assert town.call("GET", f"{path}/assignees/nobody-here", token).status_code == 404
    assert town.call("GET", f"{path}/assignees/eve", token).status_code == 404  # who may not read here
    refused = town.call("POST", f"{path}/issues", token, json={"title": "x", "assignees": ["ada", "eve"]})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "assignees")
    assert desk.issues() == []


@pytest.mark.parametrize("to", ["", "7", "a/b", "1/2/3", "1/2\n", "99999999999999999999/1"])
def test_what_names_no_repository_is_refused(desk: Desk, to: str) -> None:
    with pytest.raises(NotDelivered) as caught:
        desk.send(to=to)
    assert caught.value.lasting


def test_a_repository_without_the_app_is_told_of(desk: Desk) -> None:
    with pytest.raises(NotDelivered):
        desk.send(to=f"{desk.shop.town.installation.id}/424242")


def test_an_answer_that_is_none_is_trouble(desk: Desk) -> None:
    desk.shop.world.faults.append(Fault(method="POST", path="/repos/acme/models/issues", status=201, body=[]))
    issues = desk.opened.open(desk.shop.town.installation.id, desk.shop.models.id)
    with pytest.raises(ForgeTrouble):
        issues.open("t", ("k",), "Title", "Body", (), ())
