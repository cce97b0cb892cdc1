"""How does a message reach Slack? By a bot's token, to one person or channel and in threads; or by an incoming webhook.

A webhook answers nothing by which its message is known again: it has no threads, and where the connection breaks off a message
may come twice. With a token a message carries its key, hidden, by which it is found before it is sent again.
"""

import json
from typing import Any

from bot.notify.answers import trouble
from bot.notify.channels_file import Channels, Slack
from bot.ports import Clock, Message, NotDelivered, Post, Receipt
from bot.report.letter_forms import as_blocks, as_slack_text

EVENT = "tunegate_reminder"
"""The kind of the metadata that each message carries; its payload is the key."""

_LOOKED_AT = 50  # newest messages of a channel, or of a thread, among which one is looked for
_LASTING = frozenset(
    (
        "channel_not_found", "not_in_channel", "is_archived", "msg_too_long", "invalid_blocks", "no_text", "user_not_found",
        "restricted_action", "invalid_arguments", "invalid_payload", "user_disabled", "cannot_dm_bot", "messages_tab_disabled",
    )
)  # fmt: skip
_CURES = {
    "channel_not_found": "Correct the id, or invite the bot into the channel.",
    "not_in_channel": "Invite the bot into the channel.",
    "is_archived": "Name a channel that is in use.",
    "missing_scope": "Give the bot the scope `chat:write`.",
    "invalid_auth": "Check `slack.token`.",
    "not_authed": "Check `slack.token`.",
    "account_inactive": "Check `slack.token`: its app was removed.",
    "token_revoked": "Check `slack.token`: it was revoked.",
    "user_disabled": "Name somebody else for this adapter.",
    "no_service": "Make a new incoming webhook: this one was removed.",
}
_HERE = "Look it up in Slack's reference of errors, and correct the `slack` part of the channels file."


class SlackChannel:
    """Slack. Safe to share between threads."""

    name = "slack"

    def __init__(self, channels: Channels, slack: Slack, post: Post, clock: Clock) -> None:
        """Take where people are reached, the login, what posts, and the time."""
        self._channels = channels
        self._slack = slack
        self._post = post
        self._clock = clock

    def address(self, person: str) -> str | None:
        """Find a person's Slack id or a team's channel; a webhook leads to its own channel, whoever it is."""
        if self._slack.webhook is not None:
            return "webhook"
        return self._id(person) or self._slack.channel

    def find(self, message: Message) -> Receipt | None:
        """Look among the newest messages; None where a webhook or a missing scope tells nothing. Raises NotDelivered."""
        if self._slack.token is None:
            return None
        channel, parent = _place(message)
        if channel[:1] in ("U", "W"):  # a person's own channel has an id of its own
            opened = self._ask("conversations.open", {"users": channel}).get("channel")
            channel = str(opened.get("id")) if isinstance(opened, dict) else channel
        asked: dict[str, Any] = {"channel": channel, "limit": _LOOKED_AT, "include_all_metadata": True}
        method = "conversations.replies" if parent else "conversations.history"
        answer = self._ask(method, {**asked, "ts": parent} if parent else asked)
        found = answer.get("messages") if answer.get("ok") is True else None
        for each in found if isinstance(found, list) else ():
            metadata = each.get("metadata") if isinstance(each, dict) else None
            if not isinstance(metadata, dict) or metadata.get("event_type") != EVENT:
                continue
            payload = metadata.get("event_payload")
            if isinstance(payload, dict) and payload.get("key") == message.key:
                return Receipt(f"{channel}/{each.get('ts')}", already=True)
        return None

    def send(self, message: Message) -> Receipt:
        """Send a message; raises NotDelivered."""
        if not message.aloud:
            return Receipt("", already=True)
        body: dict[str, Any] = {
            "text": as_slack_text(message.letter),
            # nobody is named to themselves
            "blocks": as_blocks(message.letter, () if message.to[:1] in ("U", "W") else message.people, self._id),
        }
        if self._slack.webhook is not None:
            return self._by_webhook(self._slack.webhook.get_secret_value(), message.key, body)
        channel, parent = _place(message)
        body |= {"channel": channel, "unfurl_links": False, "unfurl_media": False}
        body["metadata"] = {"event_type": EVENT, "event_payload": {"key": message.key}}
        if parent:
            body |= {"thread_ts": parent, "reply_broadcast": message.urgency == "high"}
        answer = self._ask("chat.postMessage", body)
        if answer.get("ok") is not True:
            raise _refused(str(answer.get("error") or "no reason given"))
        said, ts = answer.get("channel"), answer.get("ts")
        return Receipt(f"{said if isinstance(said, str) else channel}/{ts}")

    def _id(self, person: str) -> str | None:
        known = self._channels.person(person)
        return known.slack if known is not None else None

    def _by_webhook(self, url: str, key: str, body: dict[str, Any]) -> Receipt:
        posted = self._post(url, {"content-type": "application/json"}, json.dumps(body).encode())
        if 200 <= posted.status < 300:
            return Receipt(key)
        said = posted.body[:200].decode("utf-8", "replace").strip()
        raise trouble("Slack's webhook", posted, self._clock, cure=_CURES.get(said, _HERE), said=said or None)

    def _ask(self, method: str, body: dict[str, Any]) -> dict[str, Any]:
        token = self._slack.token.get_secret_value() if self._slack.token is not None else ""
        headers = {"content-type": "application/json; charset=utf-8", "authorization": f"Bearer {token}"}
        posted = self._post(f"{self._slack.api_url.rstrip('/')}/{method}", headers, json.dumps(body).encode())
        if posted.status != 200:
            raise trouble("Slack", posted, self._clock, cure=_HERE)
        try:
            answer = json.loads(posted.body)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise NotDelivered("Slack's answer could not be understood. Check `slack.api_url`.", uncertain=True)
        return answer


def _place(message: Message) -> tuple[str, str | None]:
    """Tell the channel, and the first message of the thread there."""
    channel, _, parent = (message.begun or "").partition("/")
    return (channel, parent) if channel and parent else (message.to, None)


def _refused(error: str) -> NotDelivered:
    code = error[:80] if error.replace("_", "").isalnum() else "an unknown error"
    return NotDelivered(
        f"Slack refuses the message (`{code}`). {_CURES.get(code, _HERE)}",
        lasting=code in _LASTING,
        uncertain=code in ("internal_error", "fatal_error", "request_timeout"),
    )
