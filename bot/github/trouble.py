"""What does an answer of GitHub that is no success mean for us? Try again, and when; or a refusal to judge."""

from collections.abc import Mapping
from datetime import datetime

from bot.ports import ForgeTrouble

MAX_WAIT = 24 * 3600.0  # house: beyond a day a limit is no limit but a fault
AGAIN = "Nothing to correct: it is tried again."
SECONDARY_WAIT = 60.0  # docs "rate limits for the REST API": without a header, wait at least a minute
_SHOWN = 200  # characters of GitHub's own words


class Refused(ForgeTrouble):
    """GitHub understood and said no: `status` is HTTP's, `said` GitHub's own words with the codes of its errors."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(f"GitHub answered {status}: {said[:_SHOWN]}")
        self.status = status
        self.said = said


class InstallationGone(ForgeTrouble):
    """The App is not, or no longer, at work on the repository."""


def from_answer(status: int, headers: Mapping[str, str], data: object, now: datetime) -> ForgeTrouble:
    """Translate an answer of status 400 or above; header names in lower case. A 4xx that waiting cannot cure is `Refused`."""
    said = _said(data)
    if status in (403, 429) and (wait := _wait(status, headers, said, now)) is not None:
        return ForgeTrouble(f"GitHub limits the rate of requests: {said[:_SHOWN]}", wait)
    if status < 500:
        return Refused(status, said)
    return ForgeTrouble(f"GitHub answered {status}")


def _wait(status: int, headers: Mapping[str, str], said: str, now: datetime) -> float | None:
    """Tell for how many seconds a limit holds; None for a 403 that is no limit."""
    if "retry-after" in headers:
        return _bounded(_number(headers["retry-after"], SECONDARY_WAIT))
    if headers.get("x-ratelimit-remaining") == "0" and "x-ratelimit-reset" in headers:
        reset = _number(headers["x-ratelimit-reset"], now.timestamp() + SECONDARY_WAIT)
        return _bounded(reset - now.timestamp())
    limited = status == 429 or "rate limit" in said.lower() or "abuse detection" in said.lower()
    return SECONDARY_WAIT if limited else None


def _number(text: str, otherwise: float) -> float:
    return float(text.strip()) if text.strip().isdecimal() else otherwise


def _bounded(seconds: float) -> float:
    return min(max(seconds, 1.0), MAX_WAIT)


def _said(data: object) -> str:
    if not isinstance(data, Mapping):
        return "no reason given"
    message = data.get("message")
    errors = data.get("errors")
    parts = [message if isinstance(message, str) and message else "no reason given"]
    for error in errors if isinstance(errors, list) else ():
        if isinstance(error, str):
            parts.append(error)
        elif isinstance(error, Mapping):
            parts.append(" ".join(str(error[key]) for key in ("field", "code", "message") if error.get(key)))
    return "; ".join(part for part in parts if part)
