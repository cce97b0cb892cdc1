"""How does a page become an answer? Jinja2 with everything escaped, and headers that let nothing foreign in."""

from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from bot.report import words

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    # not `no-referrer`: with it a browser sends `Origin: null` with our own forms
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.globals["origin_words"] = words.ORIGIN_WORDS
_templates.globals["visitor"] = None  # a page that knows its visitor says so


def page(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Render a page."""
    return HTMLResponse(_templates.get_template(template).render(**values), status, HEADERS)


def coded(text: str) -> Markup:
    """Show what stands between backticks as code, everything escaped."""
    parts = text.split("`")
    if len(parts) % 2 == 0:  # a backtick without its partner is only a sign
        return escape(text)
    code = Markup("<code>{}</code>")
    return Markup("").join(code.format(part) if index % 2 else escape(part) for index, part in enumerate(parts))


_templates.filters["coded"] = coded
