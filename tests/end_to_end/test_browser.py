"""Does a person see it? Real Chromium opens the pull request and the page of its review, as they are served."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from bot.sandbox.model import App
from bot.sandbox.server import Sandbox
from tests.end_to_end.conftest import Team, at_work

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
if CHROMIUM is None and os.environ.get("CI") != "true":
    pytest.skip("no Chromium on this machine", allow_module_level=True)

QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--enable-logging=stderr",
)


def browse(url: str, *options: str) -> tuple[str, str]:
    """Open a page in a browser of its own; return its document and what the browser complained of."""
    assert CHROMIUM is not None, "CI needs Chromium"
    with tempfile.TemporaryDirectory() as profile:
        done = subprocess.run(
            [CHROMIUM, *QUIET, f"--user-data-dir={profile}", *options, url],
            capture_output=True,
            text=True,
            timeout=100,
            check=True,
        )
    return done.stdout, "\n".join(line for line in done.stderr.splitlines() if "CONSOLE" in line)


def test_the_pull_request_shows_the_answer_and_the_merge_that_it_blocks(team: Team) -> None:
    pull = team.open(dict(team.example("false-claim")[1]), repo=team.repo("back-office"))
    team.answer(pull)
    document, complaints = browse(f"{team.world.url}/acme/back-office/pull/{pull.number}", "--dump-dom")
    for words in (
        "Fine-tune readiness",
        "Claimed 5,000, counted 320 effective",
        "Merging is blocked",
        "Not yet: 3 of 5",
    ):
        assert words in document
    assert complaints == ""


def test_the_page_of_the_review_breaks_no_rule_of_its_own_policy(team: Team) -> None:
    pull = team.open(dict(team.example("not-yet")[1]))
    document, complaints = browse(team.answer(pull).details_url, "--dump-dom")
    for words in ("product-expert", "What happened", "pull_request.opened", "Calls to GitHub", "check-runs", "Seen at"):
        assert words in document
    assert complaints == ""


def test_pages_have_a_look(team: Team, tmp_path: Path) -> None:
    pull = team.open(dict(team.example("ready")[1]))
    url, picture = team.answer(pull).details_url, tmp_path / "review.png"
    browse(url, f"--screenshot={picture}", "--window-size=1000,1200")
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size > 20_000  # an empty page of this size compresses to a few thousand bytes


def test_a_browser_is_led_through_the_login_to_the_review(sandbox: Sandbox, app: App, database_url: str) -> None:
    """A first visitor is asked by GitHub; one who said yes before comes straight to the page. The rest is tests/web."""
    with at_work(sandbox, app, database_url, login=True) as team:
        url = team.answer(team.open(dict(team.example("not-yet")[1]))).details_url
        app.callback_urls = (f"{team.service.settings.url}/login/callback",)
        asked, complaints = browse(url, "--dump-dom")
        assert f"Authorize {app.name}" in asked
        assert "product-expert" not in asked
        assert complaints == ""
        team.world.authorized.update((app.id, each.id) for each in team.world.accounts.values())
        document, complaints = browse(url, "--dump-dom")
        assert "product-expert" in document
        assert "Log out" in document
        assert complaints == ""
