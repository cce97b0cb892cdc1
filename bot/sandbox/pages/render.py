"""How does a page become an answer? Jinja2 with everything escaped, and headers that let nothing foreign in."""

import hashlib
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.sandbox.pages.links import address, diff_anchor, person_address, pull_address
from bot.sandbox.pages.markdown import safe_address, to_html
from bot.sandbox.pages.states import run_tone, run_words
from bot.sandbox.pages.visit import Visit, people
from bot.sandbox.state import Refused

HERE = Path(__file__).parent
STYLE = (HERE / "templates" / "sandbox.css").read_text()
ICON = (HERE / "templates" / "icon.svg").read_text()
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    # not `no-referrer`: with it a browser sends `Origin: null` with our own forms
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
_COLOURS = 8  # of avatars, in the style sheet


def ago(when: datetime, now: datetime) -> str:
    """Say how long ago something was, in GitHub's words."""
    seconds = int((now - when).total_seconds())
    if seconds < 0 or seconds >= 30 * 86_400:
        return when.strftime("on %b %-d, %Y")
    for size, unit in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "now" if seconds < 5 else f"{seconds} seconds ago"


def counted(number: int, word: str, plural: str | None = None) -> str:
    """Put a number before a word in its right form."""
    return f"{number:,} {word if number == 1 else plural or word + 's'}"


def in_words(refused: Refused) -> list[str]:
    """Say why something was refused: the message, then its errors one by one."""
    said = [refused.message]
    for error in refused.errors:
        if isinstance(error, dict):
            message = (
                error.get("message") or f"{error.get('resource', '')} {error.get('field', '')}: {error.get('code')}"
            )
            said.append(str(message).strip())
        else:
            said.append(str(error))
    return said


def _colour(login: str) -> int:
    return hashlib.sha256(login.encode("utf-8", "replace")).digest()[0] % _COLOURS


_PAGES = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_PAGES.filters |= {"counted": counted, "colour": _colour, "markdown": to_html, "safe_address": safe_address}
_PAGES.globals |= {
    "address": address,
    "pull_address": pull_address,
    "person_address": person_address,
    "diff_anchor": diff_anchor,
    "run_tone": run_tone,
    "run_words": run_words,
    "style_version": hashlib.sha256(STYLE.encode()).hexdigest()[:12],
}


def render(visit: Visit, template: str, *, status: int = 200, refresh: bool = False, **context: object) -> Response:
    """Render a page; with `refresh` it comes again after two seconds."""
    now = visit.world.now()
    text = _PAGES.get_template(template).render(
        visit=visit,
        me=visit.user,
        people=people(visit.world),
        refresh=refresh,
        ago=lambda when: ago(when, now),
        **context,
    )
    return HTMLResponse(text, status_code=status)


def refusal(visit: Visit, refused: Refused) -> Response:
    """Say on a page of its own that something is not there or was not done."""
    return render(visit, "refused.html", status=refused.status, code=refused.status, said=in_words(refused))


def see(where: str) -> Response:
    """Send the visitor to a page, after a form."""
    return RedirectResponse(where, status_code=303)
