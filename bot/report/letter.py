"""What does a message to people consist of? Of plain words in parts; each channel gives them its own form.

Nothing in a letter is markup: whoever renders it escapes all of it, so that a name may be hostile. Between backticks stands
what is shown as code, as in findings.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list, and where it leads: an address of our own, or of the forge."""

    text: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences that belong together."""

    text: str


@dataclass(frozen=True, slots=True)
class Points:
    """A list under a heading; `numbered` where its order matters."""

    heading: str
    lines: tuple[Line, ...]
    numbered: bool = False


Part = Paragraph | Points


@dataclass(frozen=True, slots=True)
class Letter:
    """A message in our words: its subject, what it says, where one can act at once, and why somebody gets it.

    `actions` are links with a short label, the most likely first.
    """

    subject: str
    parts: tuple[Part, ...]
    actions: tuple[Line, ...] = ()
    because: str = ""
