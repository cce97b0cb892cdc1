"""What does a person see? The stored verdict of one review, word for word what was told to GitHub."""

import ipaddress
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from bot import __version__
from bot.ports import StoredReview
from bot.readiness.finding import FIVE, Item, Outcome
from bot.readiness.panel import POLICY
from bot.readiness.verdict import Decision
from bot.report import words
from bot.wiring.service import Service

_FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_NAMES, _BAR = 160, 300  # widths in the picture of where rows were lost: of the names, and of all rows
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def _coded(text: str) -> Markup:
    """Show what stands between backticks as code, everything escaped."""
    parts = text.split("`")
    if len(parts) % 2 == 0:  # a backtick without its partner is only a sign
        return escape(text)
    code = Markup("<code>{}</code>")
    return Markup("").join(code.format(part) if index % 2 else escape(part) for index, part in enumerate(parts))


_templates.filters["coded"] = _coded


def routes(service: Service) -> APIRouter:
    """Build the routes of pages."""
    router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

    @router.get("/")
    def home() -> HTMLResponse:
        """Say what answers here."""
        return _page("home.html", version=__version__)

    @router.get("/reviews/{review_id}")
    def review(review_id: str, request: Request) -> HTMLResponse:
        """Show a review; until there is a login, only to the machine itself."""
        if not _from_here(request):
            return _page("closed.html", status=403)
        found = service.ledger.find(review_id)
        if found is None:
            return _page("missing.html", status=404)
        return _page("review.html", **_told(found, service.settings.app.web_url))

    return router


def _from_here(request: Request) -> bool:
    """Say whether the visitor is this machine itself, and not a proxy on it that speaks for somebody else.

    It must also ask for this machine by name: a stranger's page in a browser here can have a name of its own lead here.
    """
    if request.client is None or any(name in request.headers for name in _FORWARDED):
        return False
    return _is_loopback(request.client.host) and _is_loopback(request.url.hostname or "")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _page(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    return HTMLResponse(_templates.get_template(template).render(**values), status, _HEADERS)


def _told(review: StoredReview, web_url: str) -> dict[str, Any]:
    """Prepare a stored review for its template; words are those of the other renderings."""
    pull = review.verdict["pull_request"]
    return {
        "review": review,
        "pull": pull,
        "pull_url": f"{web_url}/{pull['repository']}/pull/{pull['number']}",
        "policy": {"files": (), "complaints": (), **review.verdict["policy"]},  # older releases knew no files
        "headline": _headline(review.verdict["proposals"]),
        "tone": _tone(review.verdict["verdict"]),
        "proposals": [_proposal(entry) for entry in review.verdict["proposals"]],
    }


def _headline(entries: list[dict[str, Any]]) -> str:
    if not entries:
        return "No fine-tune proposal in this pull request"
    return _line(entries[0]) if len(entries) == 1 else f"{len(entries)} proposals"


def _line(entry: dict[str, Any]) -> str:
    """Say decision and items that hold, or what is waited for, in the words of the check run."""
    if waits := words.waiting(entry.get("conditions", ())):  # reviews of older releases have no conditions
        return f"{words.DECISION_WORDS[Decision(entry['verdict'])]}: {waits}"
    five = [entry["items"][item.value] for item in FIVE]
    asked = [item for item in five if item["outcome"] != Outcome.NOT_APPLICABLE] or five
    held = sum(item["holds"] for item in asked)
    house = entry["items"].get(Item.HOUSE.value, {"holds": True})
    against = "" if house["holds"] else f"; {words.HOUSE_AGAINST}"
    return f"{words.DECISION_WORDS[Decision(entry['verdict'])]}: {held} of {len(asked)} items hold{against}"


def _proposal(entry: dict[str, Any]) -> dict[str, Any]:
    items = []
    for item in (item for item in Item if item.value in entry["items"]):
        result = entry["items"][item.value]
        own = [_finding(f) for f in entry["findings"] if f["item"] == item.value]
        waits = entry.get("conditions") and any(f["condition"] for f in own) and result["outcome"] == Outcome.PASSED
        items.append(
            {
                "title": words.ITEM_TITLE[item],
                "question": words.ITEM_QUESTION[item],
                "outcome": result["outcome"],
                "mark": words.OUTCOME_MARK[Outcome(result["outcome"])],
                "words": words.ON_CONDITION if waits else words.OUTCOME_WORDS[Outcome(result["outcome"])],
                "holds": result["holds"],
                "findings": own,
            }
        )
    return {
        **entry,
        "line": _line(entry),
        "tone": _tone(entry["verdict"]),
        "lever": words.LEVER_WORDS.get((entry["next_step"] or {}).get("lever") or ""),
        "tiers": entry.get("tiers", ()),
        "policy": [_finding(f) for f in entry["findings"] if f["check"] == POLICY],
        "form": [_finding(f) for f in entry["findings"] if f["item"] is None and f["check"] != POLICY],
        "item_list": items,
    }


def _finding(finding: dict[str, Any]) -> dict[str, Any]:
    rows = [(entry["step"], entry["rows"]) for entry in finding.get("rows", ())]  # older releases counted none
    return {
        "condition": None,
        "asked_by": None,
        **finding,
        "mark": words.OUTCOME_MARK[Outcome(finding["outcome"])],
        "bars": _bars(rows),
    }


def _bars(rows: list[tuple[str, int]]) -> list[dict[str, Any]]:
    """Draw what is left after each loss as bars, the whole being as wide as the picture allows."""
    whole = rows[0][1] if rows else 0
    if not whole:
        return []
    bars, before = [], whole
    for called, left in rows:
        width, end = _BAR * left / whole, _BAR * before / whole
        bars.append(
            {
                "called": "all rows" if called == "rows" else called,
                "left": f"{left:,}",
                "lost": f"{before - left:,}" if before > left else "",
                "width": f"{width:.1f}",
                "from": f"{_NAMES + width:.1f}",
                # a loss of one row of a million is shown, too
                "gap": f"{max(end - width, 1.5):.1f}",
            }
        )
        before = left
    return bars


def _tone(decision: str | None) -> str:
    if decision is None or Decision(decision).is_ready:
        return "good"
    return "doubt" if decision == Decision.CANNOT_TELL else "bad"
