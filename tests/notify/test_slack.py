"""Does Slack get what it documents, and is each of its answers understood?"""

import json
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from bot.notify.slack import SlackChannel
from bot.ports import Message, NotDelivered
from bot.sources.stores.posting import Posting
from tests.notify.messages import HOSTILE, Standing, channels, hostile, message
from tests.sources.stores.loopback import Internet, body

HOOK = "https://hub.example/services/T0/B0/hidden-key-1"
TOKEN = "xoxb-hidden-token-1"
BY_HOOK = "slack: {webhook: '${HOOK}'}\n"
BY_TOKEN = """\
slack: {token: '${TOKEN}', api_url: 'https://api.example/api', channel: C0DEFAULT}
people: {first-owner: {slack: U024BE7LH}, acme/ml: {slack: C024BE91L}}
"""


def channel(internet: Internet, text: str = BY_TOKEN) -> SlackChannel:
    found = channels(text, HOOK=HOOK, TOKEN=TOKEN)
    assert found.slack is not None
    return SlackChannel(found, found.slack, Posting(internet.guard(), found.named()), Standing())


def said(**answer: Any) -> Any:
    return body(json.dumps(answer).encode())


def sent(internet: Internet, which: int = -1) -> dict[str, Any]:
    return dict(json.loads(internet.heard[which].content))


def trouble(box: SlackChannel, what: Message) -> NotDelivered:
    with pytest.raises(NotDelivered) as caught:
        box.send(what)
    assert "hidden" not in caught.value.reason
    return caught.value


def test_a_webhook_gets_blocks_and_the_text_of_a_notification(internet: Internet) -> None:
    internet.serve("hub.example/services/T0/B0/hidden-key-1", body(b"ok"))
    box = channel(internet, BY_HOOK)
    assert box.send(message(to="webhook")).reference == "cycle 7\nT-7"
    body_ = sent(internet)
    assert body_["blocks"][0] == {
        "type": "header",
        "text": {"type": "plain_text", "text": "Revalidate ticket-router by 2 March 2027", "emoji": False},
    }
    assert body_["text"].startswith("Revalidate ticket-router by 2 March 2027\n\n")
    assert (box.address("anybody"), box.find(message())) == ("webhook", None)


@pytest.mark.parametrize(
    ("status", "answer", "lasting", "words"),
    [
        (404, b"channel_not_found", True, "invite the bot"),
        (410, b"channel_is_archived", True, "channel_is_archived"),
        (404, b"no_service", True, "Make a new incoming webhook"),
        (400, b"invalid_payload", True, "invalid_payload"),
        (403, b"action_prohibited", False, "action_prohibited"),
        (500, b"rollup_error", False, "500"),
        (429, b"", False, "429"),
    ],
)
def test_a_webhooks_refusal_says_whether_it_lasts(
    internet: Internet, status: int, answer: bytes, lasting: bool, words: str
) -> None:
    internet.serve("hub.example/services/T0/B0/hidden-key-1", body(answer, status))
    told = trouble(channel(internet, BY_HOOK), message(to="webhook"))
    assert told.lasting is lasting
    assert words in told.reason


def test_a_token_reaches_a_person_and_the_receipt_names_the_message(internet: Internet) -> None:
    internet.serve("api.example/api/chat.postMessage", said(ok=True, channel="D0123", ts="1700000000.000100"))
    box = channel(internet)
    assert box.address("First-Owner") == "U024BE7LH"
    assert (box.address("acme/ml"), box.address("nobody")) == ("C024BE91L", "C0DEFAULT")
    assert box.send(message(to="U024BE7LH")).reference == "D0123/1700000000.000100"
    assert internet.heard[0].headers["authorization"] == f"Bearer {TOKEN}"
    body_ = sent(internet)
    assert body_["channel"] == "U024BE7LH"
    assert body_["metadata"]["event_payload"] == {"key": "cycle 7\nT-7"}
    assert '"user_id"' not in json.dumps(body_)  # nobody is named to themselves
    assert "thread_ts" not in body_
    box.send(message(to="C024BE91L", people=("first-owner", "nobody")))
    named = sent(internet)["blocks"][1]["elements"][0]["elements"]
    assert named[0] == {"type": "user", "user_id": "U024BE7LH"}
    assert named[2] == {"type": "text", "text": "nobody"}


def test_later_messages_stand_in_the_thread_and_only_urgent_ones_are_shown_outside(internet: Internet) -> None:
    internet.serve("api.example/api/chat.postMessage", said(ok=True, channel="D0123", ts="2.2"))
    box = channel(internet)
    box.send(message(to="U024BE7LH", begun="D0123/1.1"))
    assert (sent(internet)["channel"], sent(internet)["thread_ts"]) == ("D0123", "1.1")
    assert sent(internet)["reply_broadcast"] is False
    box.send(message(to="U024BE7LH", begun="D0123/1.1", urgency="high"))
    assert sent(internet)["reply_broadcast"] is True


def test_a_message_that_arrived_is_found_by_its_key(internet: Internet) -> None:
    def entry(key: str, ts: str, kind: str = "tunegate_reminder") -> dict[str, Any]:
        return {"ts": ts, "metadata": {"event_type": kind, "event_payload": {"key": key}}}

    messages = [
        {"ts": "9.9", "text": "cycle 7\nT-7"},
        entry("cycle 7\nT-7", "8", "other"),
        entry("cycle 7\nT-7", "7.7"),
    ]
    internet.serve("api.example/api/conversations.history", said(ok=True, messages=messages))
    internet.serve("api.example/api/conversations.replies", said(ok=True, messages=[entry("cycle 7\nT", "3.3")]))
    internet.serve("api.example/api/conversations.open", said(ok=True, channel={"id": "D0123"}))
    box = channel(internet)
    found = box.find(message(to="C024BE91L"))
    assert found is not None
    assert (found.reference, found.already) == ("C024BE91L/7.7", True)
    assert box.find(message(to="C024BE91L", key="cycle 8")) is None
    replied = box.find(message(key="cycle 7\nT", begun="C024BE91L/1.1"))
    assert replied is not None
    assert replied.reference == "C024BE91L/3.3"
    assert sent(internet)["ts"] == "1.1"
    person = box.find(message(to="U024BE7LH"))
    assert person is not None
    assert person.reference == "D0123/7.7"


@pytest.mark.parametrize(
    "answer", [said(ok=False, error="missing_scope"), said(ok=True, messages=[None, 7, {"metadata": 1}])]
)
def test_what_cannot_be_told_is_not_found(internet: Internet, answer: Any) -> None:
    internet.serve("api.example/api/conversations.history", answer)
    assert channel(internet).find(message(to="C024BE91L")) is None


@pytest.mark.parametrize(
    ("error", "lasting", "words"),
    [
        ("channel_not_found", True, "invite the bot"),
        ("invalid_auth", False, "Check `slack.token`"),
        ("ratelimited", False, "`ratelimited`"),
        ("msg_too_long", True, "`msg_too_long`"),
        ("<script>\n", False, "an unknown error"),
    ],
)
def test_slacks_own_no_comes_with_status_200(internet: Internet, error: str, lasting: bool, words: str) -> None:
    internet.serve("api.example/api/chat.postMessage", said(ok=False, error=error))
    told = trouble(channel(internet), message(to="U024BE7LH"))
    assert told.lasting is lasting
    assert words in told.reason


def test_a_limit_says_how_long_to_wait(internet: Internet) -> None:
    internet.serve("api.example/api/chat.postMessage", body(b'{"ok":false}', 429, Retry_After="30"))
    told = trouble(channel(internet), message(to="U024BE7LH"))
    assert (told.retry_after, told.lasting, told.uncertain) == (30.0, False, False)


@pytest.mark.parametrize(
    ("status", "after", "seconds", "uncertain"),
    [
        (503, "120", 120.0, False),
        (500, "", None, True),
        (502, "soon", None, True),
        (429, "0", 1.0, False),
        (429, "9" * 30, 86_400.0, False),
        (503, "Tue, 23 Feb 2027 09:31:00 GMT", 60.0, False),
        (503, "Tue, 23 Feb 2027 09:31:00 -0000", None, False),
    ],
)
def test_every_way_to_say_later_is_read(
    internet: Internet, status: int, after: str, seconds: float | None, uncertain: bool
) -> None:
    internet.serve("api.example/api/chat.postMessage", body(b"", status, Retry_After=after))
    told = trouble(channel(internet), message(to="U024BE7LH"))
    assert (told.retry_after, told.uncertain, told.lasting) == (seconds, uncertain, False)


@pytest.mark.parametrize("answer", [b"<html>", b"[]", b"", b"null"])
def test_an_answer_that_is_no_object_may_have_been_a_yes(internet: Internet, answer: bytes) -> None:
    internet.serve("api.example/api/chat.postMessage", body(answer))
    assert trouble(channel(internet), message(to="U024BE7LH")).uncertain


def _parsed(value: Any) -> list[str]:
    """List the kinds of text in which Slack looks for marks."""
    if isinstance(value, dict):
        own = [value["type"]] if value.get("type") in ("mrkdwn", "markdown") else []
        return own + [each for part in value.values() for each in _parsed(part)]
    return [each for part in value for each in _parsed(part)] if isinstance(value, list) else []


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_is_parsed_for_mentions_or_links(internet: Internet, text: str) -> None:
    internet.serve("api.example/api/chat.postMessage", said(ok=True, channel="C0", ts="1.1"))
    channel(internet).send(message(to="C024BE91L", letter=hostile(text), people=(text,)))
    body_ = sent(internet)
    assert _parsed(body_["blocks"]) == []
    assert "<" not in body_["text"]
    assert len(body_["text"]) < 4_000 * 4
    assert len(body_["blocks"]) <= 50
    assert '"user_id"' not in json.dumps(body_["blocks"])


def test_what_is_not_aloud_is_not_sent(internet: Internet) -> None:
    assert channel(internet).send(message(to="C024BE91L", aloud=False)).already
    assert internet.heard == []


def test_a_slow_answer_may_have_been_a_yes(internet: Internet) -> None:
    def broken(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("content-length", "100")
        handler.end_headers()
        handler.wfile.write(b'{"ok"')
        handler.close_connection = True

    internet.serve("api.example/api/chat.postMessage", broken)
    assert trouble(channel(internet), message(to="U024BE7LH")).uncertain
