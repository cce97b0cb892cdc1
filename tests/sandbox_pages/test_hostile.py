"""Is everything that a stranger can type without effect, on every page that can be reached?"""

import re
from collections.abc import Iterator
from urllib.parse import quote, urldefrag, urljoin

import pytest

from bot.sandbox.checks import Output, RunChange
from bot.sandbox.model import Annotation
from bot.sandbox.world import Place, RequiredCheck, World
from tests.sandbox_pages.browser import Browser, Page
from tests.sandbox_pages.seed import Seed, seed

OURS = {
    *(
        "html",
        "head",
        "body",
        "meta",
        "title",
        "link",
        "header",
        "main",
        "footer",
        "nav",
        "section",
        "article",
        "div",
        "span",
    ),
    *("a", "p", "h1", "h2", "h3", "b", "em", "code", "pre", "br", "ul", "li", "table", "tbody", "tr", "td", "time"),
    *("form", "input", "textarea", "button", "select", "option", "label", "fieldset", "legend", "details", "summary"),
    *("svg", "path", "circle", "rect"),
}
OF_MARKDOWN = {"h4", "h5", "h6", "strong", "s", "ol", "blockquote", "hr", "thead", "th"}
ADDRESSES = {"href", "src", "action", "formaction", "xlink:href", "data", "poster", "srcset", "background", "ping"}

EVIL = """'"></textarea></title></style></select></table></details></main><script>alert(1)</script><img src=x onerror=alert(1)><svg onload=alert(1)><evil a=b><iframe src=//evil.example></iframe><form action=//evil.example><button>x</button></form><a href="javascript:alert(1)">x</a>{{ 7 * 7 }}&lt;script&gt;\u202e"""
NUL = f"{EVIL}\x00"
MARKED = (
    f"{EVIL}\n\n[x](javascript:alert(1)) ![p](https://evil.example/p.png)\n\n{EVIL}\n\n| a |\n|---|\n| {EVIL} |\n\n"
    f"<details><summary>{EVIL}\n\n<style>*{{display:none}}</style>\n\n```\n{EVIL}\n```\n\n<a href=javascript:x>"
)
NAME = "<img src=x onerror=alert(1)>\"'&.md"
BRANCH = "<svg/onload=alert(1)>\"'&"


def assert_inert(page: Page) -> None:
    """Look for anything that a browser would run, fetch or send elsewhere."""
    for tag, attributes in page.elements:
        assert tag in OURS | OF_MARKDOWN, f"<{tag}> on {page.address}"
        for name, value in attributes.items():
            assert not name.startswith("on"), f"{name} on {page.address}"
            assert name not in ("style", "srcdoc", "a"), f"{name} on {page.address}"
            if name in ADDRESSES:
                assert is_a_place(tag, value or ""), f"{name}={value} on {page.address}"


def is_a_place(tag: str, address: str) -> bool:
    if tag in ("link", "form", "button"):
        return re.match(r"/(?!/)", address) is not None
    return re.match(r"(/(?!/)|[#?]|https?://)", address) is not None


def walk(browser: Browser, start: str = "/") -> Iterator[Page]:
    """Follow every link of the site."""
    waiting, seen = [start], {start}
    while waiting:
        page = browser.open(waiting.pop())
        yield page
        for _, address in page.links:
            there = urldefrag(urljoin("http://testserver" + page.address, address)).url
            if there.startswith("http://testserver/") and there not in seen:
                seen.add(there)
                waiting.append(there)


def hostile_world() -> World:
    """Put hostile texts into every field that somebody can fill."""
    world = World()
    org = world.create_org("evil-org", NUL)
    ana = world.create_user(f"ana{NAME}", EVIL)
    world.add_member(org, ana, "admin")
    app = world.create_app(
        EVIL, org, permissions={"checks": "write", EVIL: "read"}, events=(EVIL,), slug="app", public_key_pem="-"
    )
    world.install(app, org)
    files: dict[str, str | bytes | None] = {
        "README.md": MARKED,
        NAME: EVIL,
        f"dir{NAME}/{NAME}": MARKED,
        "a.yaml": "x: 1\n",
    }
    repo = world.create_repo(org, f"repo{NAME}", files, description=EVIL, author=ana)
    repo.required_checks = (RequiredCheck(EVIL), RequiredCheck("check"))
    world.commit(
        repo, BRANCH, {NAME: f"{EVIL}\n{EVIL}\n", f"new{NAME}": EVIL, "a.yaml": None}, f"{EVIL}\n\n{MARKED}", ana
    )
    pull = world.open_pull(repo, NUL, BRANCH, ana, body=MARKED)
    annotations = tuple(
        Annotation(path, 1, 1, "failure", EVIL, EVIL, raw_details=EVIL)
        for path in (NAME, EVIL, "../../x", "javascript:alert(1)")
    )
    for name in (EVIL, "check"):
        output = Output(NUL, MARKED, MARKED, annotations)
        change = RunChange(
            name, details_url="javascript:alert(1)", status="completed", conclusion="failure", output=output
        )
        world.create_run(repo, app, pull.head_sha, change)
        world.create_run(repo, app, pull.head_sha, change)
    for url in ("javascript:alert(1)", "data:text/html,x", " javascript:alert(1)", "http://[bad"):
        world.set_status(
            repo, pull.head_sha, "error", app.bot, context=f"{url}{EVIL}", description=EVIL[:140], target_url=url
        )
    world.comment(pull, ana, MARKED)
    world.comment(pull, app.bot, MARKED, app=app)
    world.review(pull, app.bot, "REQUEST_CHANGES", MARKED, [(Place(NAME, 1), MARKED)])
    gone = world.comment_on_line(pull, app.bot, Place(NAME, 2), MARKED)
    world.reply(gone, ana, MARKED)
    world.commit(repo, BRANCH, {NAME: f"{EVIL}\n"}, EVIL, ana)
    world.create_run(repo, app, pull.head_sha, RunChange(EVIL, status="completed", conclusion="failure", output=output))
    merged = world.commit(repo, "other", {"b.md": EVIL}, EVIL, ana)
    second = world.open_pull(repo, EVIL, "other", ana)
    repo.required_checks = ()
    world.merge(second, ana, title=EVIL)
    assert merged.sha
    fork = world.fork(repo, ana, f"fork{NAME}")
    world.commit(fork, BRANCH + "2", {"c.md": EVIL}, EVIL, ana)
    world.open_pull(repo, EVIL, BRANCH + "2", ana, head_repo=fork)
    return world


def test_nothing_hostile_has_an_effect_on_any_page() -> None:
    pages = list(walk(Browser(hostile_world())))
    for page in pages:
        assert_inert(page)
        assert page.status in (200, 404), page.address
    # each kind of page was reached, with the hostile text to be read on it
    for kind in (
        r"^/$",
        r"/pull/1$",
        r"/pull/1/files$",
        r"/pull/1/checks",
        r"/runs/",
        r"/commit/",
        r"/edit/",
        r"/delete/",
        r"/pulls",
        r"/compare",
        r"^/apps/",
    ):
        found = [page for page in pages if re.search(kind, page.address)]
        assert found, kind
        assert any("onerror=alert(1)" in page.text for page in found), kind
    lost = {page.address for page in pages if page.status == 404}
    assert all(re.search(r"/blob/[0-9a-f]{40}/|/x$", address) for address in lost), lost


def test_every_link_of_the_site_leads_somewhere() -> None:
    pages = list(walk(Browser(seed().world)))
    assert len(pages) > 50
    assert [page.address for page in pages if page.status != 200] == []
    for page in pages:
        assert_inert(page)


@pytest.mark.parametrize("field", ["title", "body"])
def test_what_a_refused_form_keeps_is_inert_too(browser: Browser, seeded: Seed, field: str) -> None:
    repo = "/acme/support-router"
    pages = [
        browser.send(
            f"{repo}/edit/main/README.md",
            text=EVIL,
            message=EVIL,
            extended=EVIL,
            new_branch=EVIL,
            filename=EVIL,
            seen=EVIL,
            pr=EVIL,
            target="branch",
        ),
        browser.send(f"{repo}/new/main", text=EVIL, filename=EVIL),
        browser.send(f"{repo}/compare/main...{seeded.pull.head_ref}", **{"title": "x", "body": "x", field: EVIL}),
        browser.send(f"{repo}/pull/1/comment", body=EVIL + "x" * 66_000),
        browser.send(f"{repo}/pull/1/files", body=EVIL, event="APPROVE"),
        browser.open(f"{repo}/new/main?filename={quote(EVIL)}&value={quote(EVIL)}&message={quote(EVIL)}"),
        browser.open(f"{repo}/blob/main/{quote(EVIL)}"),
        browser.open("/" + quote(EVIL, safe="")),
        browser.open(f"{repo}/pulls?q={quote(EVIL)}"),
    ]
    for page in pages:
        assert_inert(page)
    assert [page.status for page in pages] == [409, 422, 422, 422, 422, 200, 404, 404, 200]
