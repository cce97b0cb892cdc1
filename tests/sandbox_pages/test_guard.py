"""Are the pages closed to other sites, and does a visitor act only as a user who is there?"""

import pytest

from tests.sandbox_pages.browser import Browser
from tests.sandbox_pages.seed import BRANCH, PROPOSAL, Seed

REPO = "/acme/support-router"
PULL = f"{REPO}/pull/1"
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


@pytest.mark.parametrize("address", ["/", PULL, f"{REPO}/raw/main/README.md", "/-/sandbox.css", "/not/there/at/all"])
def test_every_answer_carries_the_strict_policy(browser: Browser, address: str) -> None:
    page = browser.open(address)
    assert page.headers["content-security-policy"] == POLICY
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "same-origin"


def test_the_style_sheet_knows_light_and_dark_and_asks_nothing_from_elsewhere(browser: Browser) -> None:
    sheet = browser.open("/-/sandbox.css")
    assert sheet.headers["content-type"].startswith("text/css")
    assert "prefers-color-scheme: dark" in sheet.html
    assert "url(" not in sheet.html
    assert "@import" not in sheet.html
    links = {attrs["rel"]: attrs["href"] or "" for tag, attrs in browser.open("/").elements if tag == "link"}
    assert browser.open(links["stylesheet"]).html == sheet.html
    assert browser.open(links["icon"]).headers["content-type"] == "image/svg+xml"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://evil.example"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://testserver"},
        {"Sec-Fetch-Site": "nonsense"},
        {"Origin": "http://evil.example"},
        {"Origin": "http://testserver.evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
    ],
)
@pytest.mark.parametrize(
    ("address", "fields"),
    [
        (f"{PULL}/comment", {"body": "forged"}),
        (f"{PULL}/files", {"event": "COMMENT", "body": "forged"}),
        (f"{REPO}/edit/{BRANCH}/{PROPOSAL}", {"text": "forged"}),
        ("/-/act-as", {"user": "1"}),
    ],
)
def test_a_form_of_another_site_is_refused(
    browser: Browser, seeded: Seed, headers: dict[str, str], address: str, fields: dict[str, str]
) -> None:
    answer = browser.forge(address, headers, **fields)
    assert answer.status == 403
    assert answer.says("This form was sent by another site.")
    assert seeded.events == []
    assert not browser.cookies


def test_a_program_without_a_browsers_headers_may_send_forms(browser: Browser, seeded: Seed) -> None:
    assert browser.forge(f"{PULL}/comment", {}, body="From a script").status == 200
    assert seeded.events[-1].name == "issue_comment"


def test_the_chosen_user_is_kept_in_a_strict_cookie(browser: Browser, seeded: Seed) -> None:
    assert browser.open("/").says("You are signed in as A ana")
    browser.act_as("ben")
    (cookie,) = browser.cookies.jar
    assert (cookie.name, cookie.value) == ("sandbox_user", str(seeded.ben.id))
    assert cookie.get_nonstandard_attr("SameSite") == "strict"
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert browser.open(PULL).says("Signed in as ben")


def test_the_menu_at_the_top_comes_back_to_the_page(browser: Browser) -> None:
    assert browser.press(browser.open(f"{PULL}/files"), "Eeve").address == f"{PULL}/files"
    refused = browser.send(f"{PULL}/merge", method="merge")
    assert browser.press(refused, "Bben").address == PULL


@pytest.mark.parametrize(
    "back", ["//evil.example", "/\\evil.example", "https://evil.example", "evil", "", "/\t/evil.example"]
)
def test_choosing_a_user_leads_nowhere_else(browser: Browser, seeded: Seed, back: str) -> None:
    after = browser.send("/-/act-as", user=str(seeded.ben.id), back=back)
    assert after.says("Signed in as ben")
    assert not after.address.startswith("//")


def test_nobody_acts_as_someone_who_is_not_there_or_may_not(browser: Browser, seeded: Seed) -> None:
    for stranger in ("7", "", str(seeded.org.id), str(seeded.app.bot.id)):
        assert browser.send("/-/act-as", user=stranger).status == 422
    browser.act_as("eve")
    seeded.world.suspend(seeded.eve)
    assert browser.open("/").says("You are signed in as A ana")
    browser.cookies.set("sandbox_user", "nonsense")
    assert browser.open("/").says("You are signed in as A ana")


def test_a_form_with_too_many_fields_is_refused(browser: Browser) -> None:
    answer = browser.send(f"{PULL}/comment", **{f"field{number}": "x" for number in range(60)})
    assert answer.status == 400
    assert answer.says("This form has too many fields.")


def test_in_a_world_without_users_nothing_can_be_done(browser: Browser, seeded: Seed) -> None:
    for user in (seeded.ana, seeded.ben, seeded.eve):
        seeded.world.suspend(user)
    page = browser.open(PULL)
    assert page.status == 200
    assert page.forms == []
    assert browser.send(f"{PULL}/comment", body="x").status == 401
