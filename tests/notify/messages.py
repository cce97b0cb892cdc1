"""What is sent in these tests? Messages with plain and with hostile words, at a time that stands still."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from bot.notify.channels_file import Channels, read
from bot.ports import Message
from bot.report.letter import Letter, Line, Paragraph, Points

LETTER = Letter(
    "Revalidate ticket-router by 2 March 2027",
    (
        Paragraph("`ticket-router` is due."),
        Points("What to do", (Line("Run the eval.", "https://gate.example/how"), Line("Bring it.")), numbered=True),
    ),
    (Line("I am at it", "https://gate.example/ack/1"), Line("The adapter", "https://gate.example/adapters/1")),
    "You get this because you own `ticket-router`.",
)
MESSAGE = Message("cycle 7\nT-7", "cycle 7", "first.owner@example.com", LETTER, people=("first-owner",))

HOSTILE = (
    "x\r\nBcc: evil@example.com",
    "x\n\n<script>alert(1)</script>",
    "<!channel> <@U1> @everyone @here",
    "[click](javascript:alert(1)) ![](https://evil.example/p.png)",
    "<!-- tunegate:thread:0 --> --> <!--",
    "\u202egnp.exe \u200b\x00\x1b[31m",
    "`" * 7 + " ''' \"\"\" \\ {{7*7}} %s",
    "é" * 5000,
    "=?utf-8?q?=0D=0ABcc:_evil@example.com?=",
    "BEGIN:VEVENT\r\nEND:VCALENDAR",
)


@dataclass
class Standing:
    """A clock that a test sets."""

    at: datetime = datetime(2027, 2, 23, 9, 30, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def today(self) -> date:
        return self.at.date()


def message(**changes: Any) -> Message:
    return replace(MESSAGE, **changes)


def hostile(text: str) -> Letter:
    """Put a text wherever a name may stand."""
    line = Line(text, "https://gate.example/x")
    return Letter(text, (Paragraph(text), Points(text, (line, Line(text)))), (line,), text)


def channels(text: str, **environment: str) -> Channels:
    return read(text.encode(), environment)
