"""Do the rows hold what should stand in no data set? Keys and tokens, which are secrets; and data of persons. Never echoed.

A curated set of patterns whose shape leaves little doubt (the makers' own prefixes and lengths). A find is told by its kind and
its line: whoever reads the answer may not be one who may see it.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from bot.readiness.data_profile import Spotted
from bot.sources.datasets import numbers
from bot.sources.datasets.scan import Example

LINES_KEPT = 20
_LONGEST = 200_000  # characters of a row that are looked at
_PROMPTS = 1_000  # instructions of which is remembered what they hold
_REACH = 16  # characters: no hint and no shape is longer
_HELD = 60_000  # characters of rows that are looked at together

# what a pattern needs to stand in a text at all: most rows hold none of these, and no pattern is tried on them
_SECRETS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "AWS access key": (("AKIA", "ASIA"), r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    # installation tokens have no fixed length, and hold dots
    "GitHub token": (
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
        r"\b(?:gh[pousr]_|github_pat_)[A-Za-z0-9_.-]{20,}",
    ),
    "GitLab token": (("glpat-",), r"\bglpat-[A-Za-z0-9_-]{20,}"),
    "Slack token": (("xox",), r"\bxox[abprs]-[A-Za-z0-9-]{10,}"),
    "Stripe key": (("sk_live_", "rk_live_"), r"\b[rs]k_live_[A-Za-z0-9]{20,}"),
    "API key of a model provider": (
        ("sk-", "hf_"),
        r"\bsk-(?:ant-|proj-|or-)?[A-Za-z0-9_-]{20,}|\bhf_[A-Za-z0-9]{30,}",
    ),
    "Google API key": (("AIza",), r"\bAIza[0-9A-Za-z_-]{35}"),
    "private key": (("-----BEGIN",), r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"),
    "JSON web token": (("eyJ",), r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
    "password in an address": (
        ("://",),
        r"\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@\"'<>]{1,100}:[^\s/:@\"'<>{}$]{3,100}@[^\s/@]+",
    ),
}
_PERSONAL: Mapping[str, tuple[tuple[str, ...], str]] = {
    "e-mail address": (("@",), r"\b[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,4}[A-Za-z]{2,24}\b"),
    "US social security number": (("-",), r"\b(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}\b"),
    # issuers begin with 3 to 6; in groups of one kind or in none
    "payment card number": (
        (),
        r"\b(?:[3-6]\d{12,18}|[3-6]\d{3}([ -])\d{4}\1\d{4}\1\d{4}|3[47]\d{2}([ -])\d{6}\2\d{5})\b",
    ),
    "IBAN": ((), r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b"),
}
# digits are 0, capitals A, blanks and hyphens _: one look for all that has no fixed beginning. Most rows hold nothing of the kind
_SHAPE = bytes(
    ord("0") if 48 <= code < 58 else ord("A") if 65 <= code < 91 else ord("_") if code in b" -" else ord(".")
    for code in range(256)
)
# of each hint one sign, by which most rows are told to lack it; what begins with the hint xox has a hyphen
_SIGNS, _SIGN_OF = "_-@/AJ", {"xox": "-"}
_NUMBERED = (b"0" * 13, b"0000_0000_", b"0000_000000_", b"000_00_0", b"AA00")
_PLACEHOLDER = re.compile(
    r"example|sample|dummy|placeholder|redacted|your[-_]|x{6,}|\*{3,}|0{10,}|1234567890", re.IGNORECASE
)
_NOBODY = re.compile(r"@(?:[\w.-]+\.)?example(?:\.\w+)?$|@[\w.-]+\.(?:test|invalid|localhost)$", re.IGNORECASE)


def _luhn(text: str) -> bool:
    """Check the check digit of a card (ISO/IEC 7812-1); longer runs of digits are ids."""
    digits = [int(character) for character in text if character.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return 13 <= len(digits) <= 19 and len(set(digits)) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _iban(text: str) -> bool:
    """Check an account number (ISO 13616): its remainder by 97 is 1."""
    bare = text.replace(" ", "")
    return 15 <= len(bare) <= 34 and int("".join(str(int(c, 36)) for c in bare[4:] + bare[:4])) % 97 == 1


_PROVEN: Mapping[str, Callable[[str], bool]] = {
    "payment card number": _luhn,
    "IBAN": _iban,
    "e-mail address": lambda text: _NOBODY.search(text) is None,
}


class _Kind:
    """One kind of find: when it can stand in a text, its pattern, and what proves a match."""

    def __init__(self, name: str, hints: tuple[str, ...], pattern: str, *, secret: bool) -> None:
        self.name = name
        self.numbered = not hints or name == "US social security number"
        self.hints = hints
        self._pattern = re.compile(pattern)
        self._secret = secret
        self._proven = _PROVEN.get(name)

    def stands_in(self, text: str) -> bool:
        for match in self._pattern.finditer(text):
            found = match[0]
            if self._secret and _PLACEHOLDER.search(found):
                continue  # an example of a key, as documentation shows them
            if self._proven is None or self._proven(found):
                return True
        return False


def _text(example: Example, begins: int = 0) -> str:
    """Write what a row says, from some character of its context on."""
    text = example.context[begins:] if begins else example.context
    if example.target:
        text = f"{text}\n{example.target}" if text else example.target
    if example.rejected:
        text = f"{text}\n{example.rejected}" if text else example.rejected
    return text if len(text) + begins <= _LONGEST else text[: _LONGEST - begins]


def _is_numbered(text: str) -> bool:
    """Say whether a text has the shape of a number that is looked for."""
    shape = text.encode("ascii", "replace").translate(_SHAPE)
    return any(part in shape for part in _NUMBERED)


class Secrets:
    """Counts the rows that hold a secret or data of a person."""

    def __init__(self) -> None:
        """Begin to count."""
        self._secrets = [_Kind(name, *kind, secret=True) for name, kind in _SECRETS.items()]
        self._personal = [_Kind(name, *kind, secret=False) for name, kind in _PERSONAL.items()]
        self._kinds = (*self._secrets, *self._personal)
        # most rows lack the very sign that several hints share, which one look tells of all of them
        by_sign: dict[str, list[tuple[str, _Kind]]] = defaultdict(list)
        for kind in self._kinds:
            for hint in kind.hints:
                by_sign[_SIGN_OF.get(hint) or next(sign for sign in _SIGNS if sign in hint)].append((hint, kind))
        self._hinted = tuple(by_sign.items())
        self._unhinted = [kind for kind in self._kinds if not kind.hints]
        self._prompts: dict[str, tuple[tuple[_Kind, ...], bool]] = {}  # what instructions hold
        self._lines: dict[str, list[int]] = defaultdict(list)
        self._rows: dict[str, int] = defaultdict(int)
        self._waiting: list[tuple[int, Example, tuple[_Kind, ...], bool]] = []
        self._texts: list[str] = []  # of those that wait, in which numbers are looked for at once
        self._held = 0  # characters of these

    def see(self, line: int, example: Example) -> None:
        """Look at a row's whole text."""
        context, system = example.context, example.system
        hinted: tuple[_Kind, ...] = ()
        numbered, begins = False, 0
        if system and len(context) < _LONGEST and context.startswith(system):
            # the instructions of most rows are the same: looked at is what comes after them, or reaches into it
            begins = max(0, len(system) - _REACH)
            hinted, numbered = self._prompts.get(system) or self._prompt(system)
        text = _text(example, begins)
        for sign, hints in self._hinted:
            if sign in text:
                hinted = (*hinted, *(kind for hint, kind in hints if hint in text))
        self._waiting.append((line, example, hinted, numbered))
        self._texts.append(text)
        self._held += len(text)
        if self._held > _HELD:
            self._look()

    def _prompt(self, system: str) -> tuple[tuple[_Kind, ...], bool]:
        hinted = tuple(kind for _, hints in self._hinted for hint, kind in hints if hint in system)
        known = hinted, _is_numbered(system)
        if len(self._prompts) < _PROMPTS:
            self._prompts[system] = known
        return known

    def _look(self) -> None:
        """Look at the rows that wait, where they have hints or the shape of a number that is looked for."""
        places = numbers.perhaps(self._texts)
        for place, (line, example, hinted, numbered) in enumerate(self._waiting):
            if place in places:
                numbered = numbered or _is_numbered(self._texts[place])
            if not hinted and not numbered:
                continue
            text = _text(example)
            for kind in dict.fromkeys((*hinted, *self._unhinted)):
                if (numbered or not kind.numbered) and kind.stands_in(text):
                    self._rows[kind.name] += 1
                    if len(self._lines[kind.name]) < LINES_KEPT:
                        self._lines[kind.name].append(line)
        self._waiting, self._texts, self._held = [], [], 0

    def found(self) -> Mapping[str, Any]:
        """Give what was spotted, by kind."""
        self._look()
        return {"secrets": self._spotted(self._secrets), "personal": self._spotted(self._personal)}

    def _spotted(self, kinds: list[_Kind]) -> tuple[Spotted, ...]:
        names = [kind.name for kind in kinds if kind.name in self._rows]
        return tuple(Spotted(name, self._rows[name], tuple(self._lines[name])) for name in names)
