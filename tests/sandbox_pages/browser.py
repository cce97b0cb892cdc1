"""How does a test use the pages as a person does? It reads them, follows links, fills in forms and sends them."""

import asyncio
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin

import httpx2
from starlette.applications import Starlette

from bot.sandbox.pages import routes
from bot.sandbox.world import World

_VOID = {"input", "br", "hr", "link", "meta", "img", "path", "circle", "rect"}


@dataclass(slots=True)
class Form:
    """A form with what its fields hold as the page is opened."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str | None, str | None, bool]] = field(default_factory=list)  # text, name, value, disabled


@dataclass(slots=True)
class Page:
    """A page as it was answered."""

    address: str
    status: int
    headers: httpx2.Headers
    html: str
    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)  # text, address
    forms: list[Form] = field(default_factory=list)
    text: str = ""

    def says(self, *texts: str) -> bool:
        """Say whether all the texts can be read on the page."""
        return all(" ".join(text.split()) in self.text for text in texts)

    def link(self, text: str) -> str:
        """Find the address of the one link with a text."""
        found = {address for name, address in self.links if name == text}
        assert len(found) == 1, f"{len(found)} links say {text!r}"
        return found.pop()

    def form(self, button: str) -> Form:
        """Find the one form that has a button with a text."""
        found = [form for form in self.forms if any(text == button for text, *_ in form.buttons)]
        assert len(found) == 1, f"{len(found)} forms have the button {button!r}"
        return found[0]

    def can_press(self, button: str) -> bool:
        """Say whether a button is there and not disabled."""
        return any(text == button and not off for form in self.forms for text, _, _, off in form.buttons)

    @property
    def refreshes(self) -> bool:
        """Say whether the page comes again by itself."""
        return any(tag == "meta" and attrs.get("http-equiv") == "refresh" for tag, attrs in self.elements)


class _Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page = page
        self.open: list[str] = []
        self.words: list[str] = []
        self.off = False  # within a disabled fieldset
        self._taking: list[str] | None = None
        self._textarea = self._select = self._link = ""
        self._button: dict[str, str | None] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        assert len(given) == len(attrs), f"an attribute is given twice: {self.get_starttag_text()}"
        self.page.elements.append((tag, given))
        if tag not in _VOID:
            self.open.append(tag)
        form = self.page.forms[-1] if self.page.forms else Form("", "")
        name, value = given.get("name") or "", given.get("value") or ""
        match tag:
            case "form":
                self.page.forms.append(Form(given.get("action") or "", given.get("method") or "get"))
            case "fieldset":
                self.off = "disabled" in given
            case "input":
                if given.get("type") in ("hidden", "text") or "checked" in given:
                    form.fields[name] = value
            case "select":
                self._select = name
            case "option":
                if "selected" in given or self._select not in form.fields:
                    self._taking = []
                    form.fields[self._select] = value
            case "textarea":
                self._textarea, self._taking = name, []
            case "a":
                self._link, self._taking = given.get("href") or "", []
            case "button":
                self._button, self._taking = given, []
            case _:
                pass

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1] == tag, f"</{tag}> closes <{self.open[-1]}>"
        self.open.pop()
        taken = "".join(self._taking or [])
        match tag:
            case "textarea":
                self.page.forms[-1].fields[self._textarea] = taken.removeprefix("\n")
            case "option" if self._taking is not None:
                fields = self.page.forms[-1].fields
                fields[self._select] = fields[self._select] or taken
            case "a":
                self.page.links.append((" ".join(taken.split()), self._link))
            case "button":
                off = self.off or "disabled" in self._button
                name, value = self._button.get("name"), self._button.get("value")
                self.page.forms[-1].buttons.append((" ".join(taken.split()), name, value, off))
            case "fieldset":
                self.off = False
            case _:
                pass
        if tag in ("textarea", "option", "a", "button"):
            self._taking = None

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self._taking is not None:
            self._taking.append(data)


def read(address: str, answer: httpx2.Response) -> Page:
    """Take a page apart."""
    page = Page(address, answer.status_code, answer.headers, answer.text)
    if answer.headers.get("content-type", "").startswith("text/html"):
        reader = _Reader(page)
        reader.feed(answer.text.replace("\r\n", "\n"))  # as the HTML standard has it
        reader.close()
        assert not reader.open, f"{reader.open} are never closed"
        page.text = " ".join(" ".join(reader.words).split())
    return page


class Browser:
    """A person at the pages."""

    def __init__(self, world: World) -> None:
        self._app = Starlette(routes=routes(world))
        self.cookies = httpx2.Cookies()

    def open(self, address: str, **headers: str) -> Page:
        """Open a page."""
        return asyncio.run(self._ask("GET", urldefrag(address).url, headers, None))

    async def _ask(self, method: str, address: str, headers: dict[str, str], fields: dict[str, str] | None) -> Page:
        async with httpx2.AsyncClient(
            transport=httpx2.ASGITransport(self._app),
            base_url="http://testserver",
            cookies=self.cookies,
            follow_redirects=True,
        ) as client:
            answer = await client.request(method, address, headers=headers, data=fields)
            self.cookies = client.cookies
        return read(answer.url.raw_path.decode(), answer)

    def press(self, page: Page, button: str, **typed: str) -> Page:
        """Fill in the form of a button, press it, and see the page that follows."""
        form = page.form(button)
        _, name, value, disabled = next(each for each in form.buttons if each[0] == button)
        assert not disabled, f"{button!r} cannot be pressed"
        assert set(typed) <= set(form.fields) | {"draft"}, f"the form has only {sorted(form.fields)}"
        # a browser sends each line's end as \r\n
        sent = {key: text.replace("\n", "\r\n") for key, text in {**form.fields, **typed}.items()}
        sent |= {name: value or ""} if name else {}
        return self.send(urljoin(page.address, form.action), **sent)

    def send(self, address: str, **fields: str) -> Page:
        """Send a form as a page of this site would."""
        return self.forge(address, {"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"}, **fields)

    def forge(self, address: str, headers: dict[str, str], /, **fields: str) -> Page:
        """Send a form with headers of one's own choice, as another site might."""
        return asyncio.run(self._ask("POST", address, headers, fields))

    def act_as(self, login: str) -> None:
        """Become another user."""
        self.press(self.open("/"), "Switch", user=self._option(login))

    def _option(self, login: str) -> str:
        # the menu at the top has one button for each user, with the number that the form sends
        buttons = [each for form in self.open("/").forms for each in form.buttons]
        return next(value or "" for text, name, value, _ in buttons if name == "user" and login in text)
