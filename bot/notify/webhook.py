"""How does a message reach a program? As JSON that is signed by the scheme of Standard Webhooks, to one address of the operator's.

`webhook-id` is the same for the same message: a receiver that keeps it takes none twice.
"""

import hashlib
import json

from standardwebhooks import Webhook as Signer

from bot.notify.answers import trouble
from bot.notify.channels_file import Webhook
from bot.ports import Clock, Message, Post, Receipt
from bot.report.letter_forms import as_json

TYPE = "adapter.reminder"
_CURE = "Check `webhook.url` and `webhook.secret`, and what its server's log says."


class WebhookChannel:
    """One signed webhook. Safe to share between threads."""

    name = "webhook"

    def __init__(self, webhook: Webhook, post: Post, clock: Clock) -> None:
        """Take the address with its secrets, what posts, and the time."""
        secrets = (webhook.secret, webhook.previous_secret)
        self._signers = [Signer(secret.get_secret_value()) for secret in secrets if secret is not None]
        self._url = webhook.url.get_secret_value()
        self._post = post
        self._clock = clock

    def address(self, person: str) -> str | None:
        """Name the one address there is; the message says whom it is for."""
        return "webhook"

    def find(self, message: Message) -> Receipt | None:
        """Tell nothing: the receiver knows a second copy by its id."""
        return None

    def send(self, message: Message) -> Receipt:
        """Post a message; raises NotDelivered."""
        now = self._clock.now()
        text = json.dumps(_payload(message, now.isoformat()), ensure_ascii=False, separators=(",", ":"))
        name = webhook_id(message.key, message.to)
        headers = {
            "content-type": "application/json",
            "webhook-id": name,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signer.sign(name, now, text) for signer in self._signers),
        }
        posted = self._post(self._url, headers, text.encode())
        if 200 <= posted.status < 300:
            return Receipt(name)
        if posted.status == 410:  # Standard Webhooks: it wants no more
            raise trouble("The webhook", posted, self._clock, cure="It wants no more messages: take it out.")
        raise trouble("The webhook", posted, self._clock, cure=_CURE)


def webhook_id(key: str, to: str) -> str:
    """Name a message to a receiver; holds no dot, which separates the parts that are signed."""
    return f"msg_{hashlib.sha256(f'{key}{chr(10)}{to}'.encode()).hexdigest()[:32]}"


def _payload(message: Message, timestamp: str) -> dict[str, object]:
    return {
        "type": TYPE,
        "timestamp": timestamp,
        "data": {
            "key": message.key,
            "thread": message.thread,
            "people": list(message.people),
            "urgency": message.urgency,
            "aloud": message.aloud,
            "done": message.done,
            "labels": list(message.labels),
            **as_json(message.letter),
        },
    }
