"""What does a server's answer to a post mean for a message: arrived, later, or never?"""

from email.utils import parsedate_to_datetime

from bot.ports import Clock, NotDelivered, Posted
from bot.report.markdown import visible

MAX_WAIT = 24 * 3600.0
"""Seconds that a server may have us wait (house): beyond a day it is no limit but a fault."""
_LATER = (408, 409, 421, 423, 425, 429)


def wait(posted: Posted, clock: Clock) -> float | None:
    """Read for how many seconds a server asks us to wait: seconds or a date (RFC 9110, Retry-After); None: it does not."""
    text = posted.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdecimal():
        return min(max(float(text[:9]), 1.0), MAX_WAIT)
    try:
        left = (parsedate_to_datetime(text) - clock.now()).total_seconds()
    except (ValueError, TypeError, OverflowError):  # no date, or one without a time zone
        return None
    return min(max(left, 1.0), MAX_WAIT)


def trouble(who: str, posted: Posted, clock: Clock, *, cure: str, said: str | None = None) -> NotDelivered:
    """Judge an answer that is no success; `said` are the server's own words where they can be shown."""
    shown = f": {visible(said, 160)}" if said else ""
    status = posted.status
    reason = f"{who} answered {status}{shown}."
    if status in _LATER or status >= 500:
        # whoever answers 429 or 503 has not taken it; of other 5xx nobody knows
        return NotDelivered(reason, retry_after=wait(posted, clock), uncertain=status >= 500 and status != 503)
    if status in (301, 302, 303, 307, 308):
        return NotDelivered(f"{reason[:-1]}, another address; posts are not redirected. {cure}", lasting=True)
    if status in (401, 403):  # a login that the operator will correct
        return NotDelivered(f"{reason} {cure}")
    return NotDelivered(f"{reason} {cure}", lasting=True)
