"""A quarter in which nobody acts, by real servers: what stands in the issue, in the mailboxes and at the webhook at its end?"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest

from bot.clock import zone
from bot.github.issues import IssuesOfApp
from bot.notify.channels_file import read
from bot.reminding import Planner, Sender
from bot.reminding.letters import Words
from bot.sandbox.faults import Fault
from bot.sandbox.server import Sandbox
from bot.sandbox.world import World as Town
from bot.storage.adapters import Adapters
from bot.storage.database import Database
from bot.storage.outbox import Outbox
from bot.wiring.notify import open_channels
from tests.github.shop import Shop
from tests.notify.mail_server import MailServer, running
from tests.reminding.world import Hands
from tests.sandbox.receiver import Receiver
from tests.sandbox.town import Town as Streets
from tests.storage.adapters import DUE, serving

FILE = """\
email: {{host: 127.0.0.1, port: {port}, security: none, from: gate@example.com}}
webhook: {{url: '{hook}', secret: whsec_{secret}}}
people:
  first-owner: {{email: first.owner@example.com}}
  second-owner: {{email: second.owner@example.com}}
  acme/ml-leads: {{email: leads@example.com}}
"""


@dataclass
class Street:
    """Reminding with real channels on a real database."""

    shop: Shop
    mail: MailServer
    hook: Receiver
    clock: Hands
    planner: Planner
    sender: Sender

    def pass_day(self, number: int) -> None:
        self.clock.at(DUE + timedelta(days=number))
        self.planner.plan()
        self.sender.send()

    def letters(self) -> list[Any]:
        return [message_from_bytes(raw, policy=default) for raw in self.mail.letters]


@pytest.fixture
def street(database_url: str) -> Iterator[Street]:
    with Receiver() as hook, running() as mail, Sandbox(Town()) as sandbox:
        shop, clock, pool = Shop(Streets(sandbox, hook)), Hands(), Database(database_url, connections=4)
        text = FILE.format(port=mail.port, hook=hook.url, secret="QUJD" * 10)
        issues = IssuesOfApp(shop.auth, shop.town.api, clock, ["a secret of the tests"])
        channels = open_channels(read(text.encode(), {}), clock, issues.open)
        registry, outbox = Adapters(pool), Outbox(pool)
        place = {"installation_id": shop.town.installation.id, "repo_id": shop.models.id}
        serving(registry, **place)
        planner = Planner(registry, outbox, channels, clock, zone)
        sender = Sender(registry, outbox, channels, Words(), clock, zone)
        yield Street(shop, mail, hook, clock, planner, sender)
        pool.close()


def test_a_quarter_passes_and_nobody_acts(street: Street) -> None:
    for number in range(-31, 32):
        street.pass_day(number)
    issues = [each for each in street.shop.models.issues.values() if each.number not in street.shop.models.pulls]
    (issue,) = issues
    assert issue.labels == ("overdue", "rollback-recommended")
    comments = [each.body for each in street.shop.world.comments(issue)]
    assert len(comments) == 5  # T-7, T, T+7, T+14, T+30: opening it was T-30
    assert comments[2].startswith("@first-owner @second-owner @acme/ml-leads")
    reminders = [each for each in street.letters() if "adapters, week of" not in str(each["Subject"])]
    told = Counter((str(each["To"]), str(each["Subject"])) for each in reminders)
    assert set(told.values()) == {1}
    assert len([1 for to, _ in told if to == "first.owner@example.com"]) == 6
    threads = {(str(each["To"]), str(each["References"]).split()[0]) for each in reminders}
    assert len(threads) == 3  # one for each person
    first, *later = [each for each in reminders if str(each["To"]) == "first.owner@example.com"]
    assert {str(each["In-Reply-To"]) for each in later} == {str(first["Message-ID"])}
    posted = [each.payload["data"] for each in street.hook.heard()]
    assert len(posted) == 6  # once a rung, not once a person
    assert posted[3]["people"] == ["first-owner", "second-owner", "acme/ml-leads"]
    assert not any("week of" in each["subject"] for each in posted)


def test_a_lost_answer_doubles_nothing_where_the_channel_can_look(street: Street) -> None:
    street.shop.world.faults.append(Fault(method="POST", path="/issues$", action="drop", after=True))
    street.pass_day(-30)
    street.clock.instant += timedelta(minutes=10)
    street.sender.send()
    issues = [each for each in street.shop.models.issues.values() if each.number not in street.shop.models.pulls]
    assert len(issues) == 1
    street.hook.status = 503
    street.pass_day(-7)
    street.hook.status = 202
    street.clock.instant += timedelta(hours=1)
    street.sender.send()
    ids = Counter(each.headers["webhook-id"] for each in street.hook.heard())
    assert sorted(ids.values()) == [1, 2]  # what was refused came again under the same id
    assert len(street.shop.world.comments(issues[0])) == 1
