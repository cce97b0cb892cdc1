"""What does a person see? The stored verdict of one review, word for word what was told to GitHub."""

import ipaddress
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from bot import __version__
from bot.ports import ForgeTrouble, StoredReview
from bot.readiness.finding import Item, Outcome
from bot.readiness.panel import POLICY
from bot.readiness.verdict import Decision
from bot.readiness.way import Fit
from bot.report import waiving, words
from bot.web import pictures
from bot.web.cost_picture import picture
from bot.web.rendering import HEADERS, page
from bot.web.session import Sessions
from bot.wiring.service import Service

_log = logging.getLogger(__name__)

_FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
_NAMES, _BAR = 160, 300  # widths in the picture of where rows were lost: of the names, and of all rows


def routes(service: Service, sessions: Sessions) -> APIRouter:
    """Build the routes of pages."""
    router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

    @router.get("/")
    def home(request: Request) -> HTMLResponse:
        """Say what answers here."""
        return page(
            "home.html", version=__version__, visitor=sessions.visitor(request), login=service.logins is not None
        )

    @router.get("/reviews/{review_id}")
    def review(review_id: str, request: Request) -> Response:
        """Show a review to those who can read its repository; where nobody can log in, to the machine itself."""
        visitor = sessions.visitor(request)
        if service.logins is None:
            if not _from_here(request, service.settings.url):
                return page("closed.html", status=403)
        elif visitor is None:
            return RedirectResponse(f"/login?to={request.url.path}", 303, HEADERS)
        found = service.ledger.find(review_id)
        try:
            if found is None or (visitor is not None and not service.readers.may_read(found.repo_id, visitor)):
                return page("missing.html", status=404, visitor=visitor)  # what may not be seen is not there
        except ForgeTrouble as trouble:
            _log.warning("nobody can be let in to review %s: %s", review_id, trouble.reason)
            return page("trouble.html", status=503, visitor=visitor)
        return page(
            "review.html",
            visitor=visitor,
            moments=service.timeline.of(found.repo_id, found.number),
            # who belongs to an organisation may be hidden, and a public repository has many readers
            calls=[call for call in service.timeline.calls(review_id) if not call.path.startswith("/orgs/")],
            **_told(found, service.settings.app.web_url),
        )

    return router


def _from_here(request: Request, url: str) -> bool:
    """Say whether the visitor is this machine itself, and not a proxy on it that speaks for somebody else.

    A service that others reach by an address of its own has such a proxy before it.

    It must also ask for this machine by name: a stranger's page in a browser here can have a name of its own lead here.
    """
    if not _is_loopback(urlsplit(url).hostname or "") or request.client is None:
        return False
    if any(name in request.headers for name in _FORWARDED):
        return False
    return _is_loopback(request.client.host) and _is_loopback(request.url.hostname or "")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


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
        "acting": waiving.acting(review.verdict),
        "proposals": [
            {**_proposal(entry, place), "evidence": _evidence(review.dossier, entry["path"])}
            for place, entry in enumerate(review.verdict["proposals"], 1)
        ],
    }


def _evidence(dossier: Mapping[str, Any], path: str) -> list[dict[str, Any]]:
    """List every fact of a proposal with where it was seen, its grade and digest, or why it could not be."""
    kept = dossier.get("proposals", {}).get(path, {}).get("evidence", {})
    facts = [(at, fact) for kind in sorted(kept) for at, fact in kept[kind].items()]
    return [{"at": at, **(fact.get("source") or {}), "reason": fact.get("reason")} for at, fact in facts]


def _headline(entries: list[dict[str, Any]]) -> str:
    if not entries:
        return "No fine-tune proposal in this pull request"
    return _line(entries[0]) if len(entries) == 1 else f"{len(entries)} proposals"


def _line(entry: dict[str, Any]) -> str:
    """Say decision and items that hold, or what is waited for, in the words of the check run."""
    # reviews of older releases have neither conditions nor waivers, and no kind
    until = [waiver["until"] for waiver in entry.get("waivers", ())]
    decided = words.deciding(Decision(entry["verdict"]), until, again=entry.get("kind") == "revalidation")
    if waits := words.waiting(entry.get("conditions", ())):
        return f"{decided}: {waits}"
    stand = {Item(name): (each["holds"], Outcome(each["outcome"])) for name, each in entry["items"].items()}
    of_none = {each["check"] for each in entry["findings"] if each["item"] is None}
    return f"{decided}: {words.held(stand, of_none)}"


def _proposal(entry: dict[str, Any], place: int) -> dict[str, Any]:
    items = []
    for item in (item for item in Item if item.value in entry["items"]):
        result = entry["items"][item.value]
        own = [_finding(f, place) for f in entry["findings"] if f["item"] == item.value]
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
        **_way(entry),
        "tiers": entry.get("tiers", ()),
        "policy": [_finding(f, place) for f in entry["findings"] if f["check"] == POLICY],
        "form": [_finding(f, place) for f in entry["findings"] if f["item"] is None and f["check"] != POLICY],
        "item_list": items,
    }


def _way(entry: dict[str, Any]) -> dict[str, Any]:
    """Prepare the way forward: steps, the technique that fits, both pictures; reviews of older releases have the steps only."""
    advised = entry.get("advice") or {}
    fit, ready, steps = advised.get("technique"), Decision(entry["verdict"]).is_ready, pictures.steps(entry)
    return {
        "steps": steps,
        "left": max(advised.get("left", 0), 0),
        "fitting": words.fitting(Fit(**fit)) if fit else None,
        "walk": pictures.walk(advised.get("walk", ()), fit, [step["seen"] for step in steps], ready=ready),
        "square": pictures.square(advised.get("claimed"), advised.get("shown")),
    }


def _finding(finding: dict[str, Any], place: int) -> dict[str, Any]:
    rows = [(entry["step"], entry["rows"]) for entry in finding.get("rows", ())]  # older releases counted none
    working = finding.get("working")
    return {
        "condition": None,
        "asked_by": None,
        **finding,
        "mark": words.OUTCOME_MARK[Outcome(finding["outcome"])],
        "bars": _bars(rows),
        "working": working,
        "costs": picture(working, f"costs-{place}"),
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
