"""Does apprise pass a message on, and is its one word for every failure taken for what it is?"""

import json

import pytest

pytest.importorskip("apprise", reason="the extra `apprise` is not installed")

from bot.notify.apprise_channel import AppriseChannel, NoApprise
from bot.ports import NotDelivered
from tests.notify.messages import channels, message
from tests.sandbox.receiver import Receiver

# its services are loaded all at once, some of which use what Python is about to drop
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def channel(url: str) -> AppriseChannel:
    found = channels(f"apprise: {{urls: ['{url}']}}\n")
    assert found.apprise is not None
    return AppriseChannel(found.apprise)


def test_a_message_arrives_as_plain_text() -> None:
    with Receiver() as receiver:
        box = channel(receiver.url.replace("http://", "json://"))
        assert box.send(message()).reference == "cycle 7\nT-7"
        assert box.send(message(aloud=False)).already
        (heard,) = receiver.heard()
        receiver.status = 500
        with pytest.raises(NotDelivered) as caught:
            box.send(message())
    said = json.loads(heard.body)
    assert said["title"] == "Revalidate ticket-router by 2 March 2027"
    assert said["message"].startswith("`ticket-router` is due.")
    assert (caught.value.lasting, caught.value.uncertain) == (False, True)


def test_an_address_that_apprise_cannot_read_is_named_by_its_place() -> None:
    with pytest.raises(NoApprise, match=r"`apprise.urls\[0\]` is no address"):
        channel("hidden-nonsense")
