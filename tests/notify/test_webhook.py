"""Can a receiver of Standard Webhooks verify what arrives, by the scheme's own library and by its description?"""

import base64
import hashlib
import hmac
import json
import secrets
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from bot.notify.channels_file import BadChannels
from bot.notify.webhook import WebhookChannel, webhook_id
from bot.ports import NotDelivered
from bot.sources.stores.posting import Posting
from tests.notify.messages import HOSTILE, Standing, channels, hostile, message
from tests.sources.stores.loopback import Heard, Internet, body

NEW, OLD = (f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}" for _ in range(2))
URL = "https://hub.example/hook?key=hidden-key-1"
TEXT = "webhook: {url: '${URL}', secret: '${NEW}'}\n"


def channel(internet: Internet, clock: Standing | None = None, text: str = TEXT) -> WebhookChannel:
    found = channels(text, URL=URL, NEW=NEW, OLD=OLD)
    assert found.webhook is not None
    return WebhookChannel(found.webhook, Posting(internet.guard(), found.named()), clock or Standing())


def verified(heard: Heard, secret: str) -> None:
    Verifier(secret).verify(heard.content, heard.headers)


def test_the_librarys_own_receiver_verifies_it_and_no_other_secret_does(internet: Internet) -> None:
    internet.serve("hub.example/hook", body(b"", 204))
    receipt = channel(internet, Standing(datetime.now(UTC))).send(message(labels=("overdue",)))
    (heard,) = internet.heard
    verified(heard, NEW)
    with pytest.raises(WebhookVerificationError):
        verified(heard, OLD)
    sent = json.loads(heard.content)
    assert heard.headers["webhook-id"] == receipt.reference == webhook_id("cycle 7\nT-7", "first.owner@example.com")
    assert sent["type"] == "adapter.reminder"
    assert sent["data"]["subject"] == "Revalidate ticket-router by 2 March 2027"
    assert sent["data"]["people"] == ["first-owner"]
    assert sent["data"]["labels"] == ["overdue"]
    assert sent["data"]["links"][0] == {"label": "I am at it", "url": "https://gate.example/ack/1"}


def test_the_signature_is_the_one_that_the_scheme_describes(internet: Internet) -> None:
    internet.serve("hub.example/hook", body())
    channel(internet).send(message())
    (heard,) = internet.heard
    stamp = str(int(Standing().now().timestamp()))
    assert heard.headers["webhook-timestamp"] == stamp
    signed = f"{heard.headers['webhook-id']}.{stamp}.".encode() + heard.content
    digest = hmac.new(base64.b64decode(NEW.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    assert heard.headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"


def test_while_a_secret_is_rotated_either_verifies(internet: Internet) -> None:
    internet.serve("hub.example/hook", body())
    text = "webhook: {url: '${URL}', secret: '${NEW}', previous_secret: '${OLD}'}\n"
    channel(internet, Standing(datetime.now(UTC)), text).send(message())
    verified(internet.heard[0], NEW)
    verified(internet.heard[0], OLD)


def test_the_same_message_has_the_same_id_and_another_has_another(internet: Internet) -> None:
    internet.serve("hub.example/hook", body())
    box = channel(internet)
    for each in (message(), message(), message(key="cycle 7\nT"), message(to="b")):
        box.send(each)
    ids = [heard.headers["webhook-id"] for heard in internet.heard]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3
    assert all("." not in each for each in ids)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_breaks_what_is_sent(internet: Internet, text: str) -> None:
    internet.serve("hub.example/hook", body())
    channel(internet, Standing(datetime.now(UTC))).send(
        message(letter=hostile(text), key=text, thread=text, people=(text,))
    )
    verified(internet.heard[0], NEW)
    assert json.loads(internet.heard[0].content)["data"]["key"] == text


@pytest.mark.parametrize(
    ("status", "lasting", "uncertain"),
    [(400, True, False), (401, False, False), (404, True, False), (410, True, False), (308, True, False),
     (429, False, False), (500, False, True), (503, False, False)],
)  # fmt: skip
def test_a_refusal_says_whether_it_lasts_and_hides_the_address(
    internet: Internet, status: int, lasting: bool, uncertain: bool
) -> None:
    internet.serve("hub.example/hook", body(b"no", status, location="https://other.example/"))
    with pytest.raises(NotDelivered) as caught:
        channel(internet).send(message())
    assert (caught.value.lasting, caught.value.uncertain) == (lasting, uncertain)
    assert "hidden-key-1" not in str(caught.value)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_!!", "whsec_c2hvcnQ=", base64.b64encode(b"x" * 32).decode()])
def test_a_weak_secret_is_refused_and_not_shown(secret: str) -> None:
    with pytest.raises(BadChannels) as caught:
        channels(TEXT, URL=URL, NEW=secret or " ")
    assert not secret or secret.removeprefix("whsec_") == "" or secret not in str(caught.value)
