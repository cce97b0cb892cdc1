"""Does a person get in by GitHub's word alone, see what GitHub lets them see, and get out again? Against the sandbox over HTTP."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from fastapi.testclient import TestClient

from bot.sandbox.faults import Fault
from bot.sandbox.model import Account, App, Installation, Repo
from bot.sandbox.server import Sandbox
from bot.sandbox.world import World
from bot.settings import GitHubApp, Settings
from bot.web.app import create_app
from bot.wiring.service import Service, open_service
from tests.web.conftest import SECRET, deliver
from tests.web.test_pages import judged, stored_as

URL = "https://tunegate.example"
READER, STRANGER = "ana-lopes", "eve"


@dataclass
class Scene:
    """A private repository with a review of it, somebody who can read it, and somebody who cannot."""

    world: World
    app: App
    installation: Installation
    repo: Repo
    service: Service
    review: str

    def browser(self) -> TestClient:
        """A browser without cookies that comes over the network."""
        return TestClient(create_app(self.service), URL, client=("192.0.2.7", 50_000), follow_redirects=False)

    def account(self, login: str) -> Account:
        return self.world.account(login)

    def authorize(self, login: str, address: str, button: str = "POST") -> httpx2.Response:
        """Say yes on GitHub's page, as a person does."""
        cookies = {"sandbox_user": str(self.account(login).id)}
        with httpx2.Client(cookies=cookies) as github:
            asked = github.get(address)
            if asked.status_code == 303:  # said yes before
                return asked
            fields = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
            return github.post(f"{self.world.url}/login/oauth/authorize", data=fields)

    def log_in(self, login: str, browser: TestClient, to: str | None = None) -> httpx2.Response:
        """Go the whole way from a page to its login and back; return the answer to the way back."""
        begun = browser.get(to or f"/reviews/{self.review}")
        if begun.headers["location"].startswith("/login"):
            begun = browser.get(begun.headers["location"])
        return browser.get(self.authorize(login, begun.headers["location"]).headers["location"].removeprefix(URL))


@pytest.fixture
def scene(database_url: str) -> Iterator[Scene]:
    with Sandbox(World()) as sandbox:
        world = sandbox.world
        acme = world.create_org("acme", default_permission="none")
        owner = world.create_user(READER)
        world.create_user(STRANGER)
        repo = world.create_repo(acme, "models", private=True)
        world.add_collaborator(repo, owner, "read")
        app = world.create_app(
            "Tunegate",
            acme,
            permissions={"checks": "write", "pull_requests": "write", "contents": "read", "members": "read"},
            webhook_secret=SECRET,
            callback_urls=[f"{URL}/login/callback"],
        )
        installation = world.install(app, acme)
        assert app.private_key_pem is not None
        app_settings = GitHubApp(
            app.id, app.private_key_pem, (SECRET,), world.api_url, app.client_id, app.client_secret
        )
        with open_service(Settings(app_settings, database_url=database_url, public_url=URL)) as service:
            client = TestClient(create_app(service), URL)
            heard = {
                "action": "created",
                "installation": {"id": installation.id, "account": {"id": acme.id, "login": "acme"}},
                "repositories": [{"id": repo.id, "full_name": "acme/models", "private": True}],
            }
            assert deliver(client, "installation", heard).status_code == 202
            reading, verdict = judged("version: 1\nadapter: ticket-router\n")
            review = stored_as(service, reading, verdict, repo_id=repo.id)
            yield Scene(world, app, installation, repo, service, review)


def test_a_reader_is_led_through_the_login_to_the_review_and_out_again(scene: Scene) -> None:
    browser = scene.browser()
    back = scene.log_in(READER, browser)
    assert (back.status_code, back.headers["location"]) == (303, f"/reviews/{scene.review}")
    page = browser.get(back.headers["location"])
    assert page.status_code == 200
    assert "ticket-router" in page.text
    assert READER in page.text
    out = browser.post("/logout", headers={"Sec-Fetch-Site": "same-origin"})
    assert (out.status_code, out.headers["location"]) == (303, "/")
    assert browser.get(f"/reviews/{scene.review}").headers["location"] == f"/login?to=/reviews/{scene.review}"


def test_the_cookie_is_this_hosts_alone_signed_and_holds_no_token(scene: Scene) -> None:
    browser = scene.browser()
    back = scene.log_in(READER, browser)
    (cookie,) = [c for c in back.headers.get_list("set-cookie") if c.startswith("__Host-tunegate=")]
    assert {"HttpOnly", "Secure", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert "ghu_" not in cookie
    assert not [token for token in scene.world.tokens if token.startswith("ghu_")]  # ended once it had done its work
    name, value = cookie.split("; ")[0].split("=", 1)
    forged = scene.browser()
    number, dot, rest = value.partition(".")
    forged.cookies.set(name, f"{number[:-2]}{'A' if number[-2] != 'A' else 'B'}{number[-1]}{dot}{rest}")
    assert forged.get(f"/reviews/{scene.review}").status_code == 303


def test_whoever_cannot_read_the_repository_finds_no_review(scene: Scene) -> None:
    browser = scene.browser()
    scene.log_in(STRANGER, browser)
    seen, none = browser.get(f"/reviews/{scene.review}"), browser.get("/reviews/00000000-0000-4000-8000-000000000000")
    assert seen.status_code == none.status_code == 404
    assert seen.text == none.text


def test_whoever_leaves_is_out_after_a_quarter_of_an_hour_at_most(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = scene.browser()
    scene.log_in(READER, browser)
    assert browser.get(f"/reviews/{scene.review}").status_code == 200
    scene.world.add_collaborator(scene.repo, scene.account(READER), "none")
    clock = scene.service.readers._clock  # type: ignore[attr-defined]
    later = clock.now() + timedelta(minutes=16)
    monkeypatch.setattr(type(clock), "now", lambda _: later)
    assert browser.get(f"/reviews/{scene.review}").status_code == 404


def test_a_renamed_reader_is_known_by_number_and_the_next_owner_of_the_login_is_not(scene: Scene) -> None:
    browser = scene.browser()
    scene.log_in(READER, browser)
    scene.world.rename_user(scene.account(READER), "ana-l")
    scene.world.create_user(READER)
    assert browser.get(f"/reviews/{scene.review}").status_code == 200
    other = scene.browser()
    scene.log_in(READER, other)
    assert other.get(f"/reviews/{scene.review}").status_code == 404


def test_an_uninstalled_app_shows_nothing(scene: Scene) -> None:
    browser = scene.browser()
    scene.log_in(READER, browser)
    scene.world.uninstall(scene.installation)
    assert browser.get(f"/reviews/{scene.review}").status_code == 404


def test_while_github_cannot_say_nobody_is_let_in(scene: Scene) -> None:
    browser = scene.browser()
    scene.log_in(READER, browser)
    scene.world.faults.append(Fault(times=-1, path=r".*/permission"))
    page = browser.get(f"/reviews/{scene.review}")
    assert page.status_code == 503
    assert "GitHub could not be asked" in page.text


def test_a_login_ends_only_in_the_browser_where_it_began(scene: Scene) -> None:
    victim, attacker = scene.browser(), scene.browser()
    begun = attacker.get("/login").headers["location"]
    answer = scene.authorize(STRANGER, begun).headers["location"].removeprefix(URL)
    assert victim.get(answer).status_code == 400
    victim.get("/login")  # a login of its own has another state
    assert victim.get(answer).status_code == 400
    assert "tunegate" not in "".join(name for name in victim.cookies if not name.endswith("login"))


def test_a_code_without_its_verifier_is_worth_nothing(scene: Scene) -> None:
    """Somebody who saw the address on the way back, and begins a login with the same state."""
    browser, thief = scene.browser(), scene.browser()
    begun = browser.get("/login").headers["location"]
    code = parse_qs(urlsplit(scene.authorize(READER, begun).headers["location"]).query)["code"][0]
    state = parse_qs(urlsplit(thief.get("/login").headers["location"]).query)["state"][0]
    page = thief.get(f"/login/callback?code={code}&state={state}")
    assert page.status_code == 403
    assert "did not take the code" in page.text


def test_a_code_is_good_for_one_login(scene: Scene) -> None:
    browser = scene.browser()
    begun = browser.get("/login").headers["location"]
    answer = scene.authorize(READER, begun).headers["location"].removeprefix(URL)
    assert browser.get(answer).status_code == 303
    assert browser.get(answer).status_code == 400


def test_who_says_no_on_github_is_told_what_would_be_asked(scene: Scene) -> None:
    browser = scene.browser()
    state = parse_qs(urlsplit(browser.get("/login").headers["location"]).query)["state"][0]
    page = browser.get(f"/login/callback?error=access_denied&state={state}")
    assert page.status_code == 403
    assert "did not want Tunegate to know who you are" in page.text


def test_github_out_of_order_is_said(scene: Scene) -> None:
    browser = scene.browser()
    begun = browser.get("/login").headers["location"]
    answer = scene.authorize(READER, begun).headers["location"].removeprefix(URL)
    scene.world.faults.append(Fault(status=500, path="^/user$"))
    assert browser.get(answer).status_code == 503


@pytest.mark.parametrize(
    "to",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "/%0d%0aSet-Cookie:x",
        "javascript:alert(1)",
        "/" * 600,
        "/" + "a" * 400 + "!",
    ],
)
def test_a_login_leads_to_our_own_pages_only(scene: Scene, to: str) -> None:
    browser = scene.browser()
    begun = browser.get("/login", params={"to": to}).headers["location"]
    answer = scene.authorize(READER, begun).headers["location"].removeprefix(URL)
    assert browser.get(answer).headers["location"] == "/"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {},
    ],
)
def test_another_site_logs_nobody_out(scene: Scene, headers: dict[str, str]) -> None:
    browser = scene.browser()
    scene.log_in(READER, browser)
    assert browser.post("/logout", headers=headers).status_code == 403
    assert browser.get(f"/reviews/{scene.review}").status_code == 200


def test_a_login_is_asked_for_even_on_the_machine_itself(scene: Scene) -> None:
    here = TestClient(
        create_app(scene.service), "http://127.0.0.1:8000", client=("127.0.0.1", 1), follow_redirects=False
    )
    assert here.get(f"/reviews/{scene.review}").status_code == 303


def test_a_former_name_that_is_another_repository_s_by_now_lets_nobody_in(scene: Scene) -> None:
    browser = scene.browser()
    scene.log_in(STRANGER, browser)
    assert browser.get(f"/reviews/{scene.review}").status_code == 404
    client = scene.service.readers._auth  # type: ignore[attr-defined]
    assert client.repository_name(scene.installation.id, scene.repo.id) == "acme/models"  # remembered
    scene.world.rename_repo(scene.repo, "former-models")
    scene.world.create_repo(scene.world.account("acme"), "models")
    other = scene.browser()
    scene.log_in(STRANGER, other)
    scene.service.readers._kept.clear()  # type: ignore[attr-defined]
    assert other.get(f"/reviews/{scene.review}").status_code == 404
    reader = scene.browser()
    scene.log_in(READER, reader)
    assert reader.get(f"/reviews/{scene.review}").status_code == 200
