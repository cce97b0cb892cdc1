"""Are check runs shown in full, followed while they run, and asked to run again?"""

from datetime import timedelta

import pytest

from bot.sandbox.checks import RunChange
from tests.sandbox_pages.browser import Browser
from tests.sandbox_pages.seed import BRANCH, CHECK, PROPOSAL, Seed

REPO = "/acme/support-router"
PULL = f"{REPO}/pull/1"


def test_the_checks_box_names_each_check_with_its_state_and_details(browser: Browser, seeded: Seed) -> None:
    page = browser.open(PULL)
    assert page.says("Fine-tune readiness Failing after 3s — Not yet: 3 of 5 items hold Required Details")
    assert page.says("tunegate/readiness Not yet: 3 of 5 items hold Details", "ci/tests All 41 tests passed")
    details = {address for text, address in page.links if text == "Details"}
    assert details == {f"{REPO}/runs/{seeded.run.id}", "http://127.0.0.1:8080/reviews/1"}


def test_the_checks_of_a_pull_request_show_the_run_in_full(browser: Browser, seeded: Seed) -> None:
    page = browser.open(f"{PULL}/checks")
    assert page.says("Fine-tune readiness", "Failing after 3s", "Not yet: 3 of 5 items hold", "Next steps")
    assert page.says("2 failures, 1 warning, and 1 notice", "enough-examples: failed", "1 other run of this check")
    assert page.link("View more details on Tunegate") == "http://127.0.0.1:8080/reviews/1"
    line = f"{REPO}/blob/{seeded.pull.head_sha}/{PROPOSAL}#L14"
    assert page.link("View line 14") == line
    assert browser.open(line).says("train: {path:")


def test_an_older_run_has_its_own_page(browser: Browser, seeded: Seed) -> None:
    page = browser.open(f"{REPO}/runs/{seeded.run.id}")
    assert page.says("Fine-tune a ticket router #1", "Details", "1 other run of this check at this commit")
    older = browser.open(page.link("Not yet: 2 of 5 items hold"))
    assert older.says("An older answer.")
    chosen = browser.open(f"{PULL}/checks?check_run_id={older.address.rpartition('/')[2]}")
    assert chosen.says("An older answer.")


@pytest.mark.parametrize("page", ["/", f"{REPO}/pulls", PULL, f"{PULL}/files", f"{PULL}/checks"])
def test_a_page_comes_again_by_itself_only_while_a_check_is_under_way(
    browser: Browser, seeded: Seed, page: str
) -> None:
    assert not browser.open(page).refreshes
    seeded.world.commit(seeded.repo, BRANCH, {"a.md": "more"}, "More")
    run = seeded.world.create_run(seeded.repo, seeded.app, seeded.pull.head_sha, RunChange(CHECK, status="in_progress"))
    assert browser.open(page).refreshes
    assert browser.open(PULL).says("Fine-tune readiness In progress", "Some checks haven’t completed yet")
    seeded.world.update_run(run, RunChange(status="completed", conclusion="success"))
    assert not browser.open(page).refreshes
    assert browser.open(PULL).says("All checks have passed")


def test_a_page_waits_for_an_app_that_was_just_told_of_a_push_but_not_for_ever(browser: Browser, seeded: Seed) -> None:
    seeded.world.set_webhook(seeded.app, "http://127.0.0.1:9/webhook")
    seeded.repo.required_checks = ()
    seeded.world.commit(seeded.repo, BRANCH, {"a.md": "more"}, "More")
    page = browser.open(PULL)
    assert page.refreshes
    assert page.says("Tunegate Queued — Waiting to hear from it")
    seeded.world.advance(timedelta(minutes=2))
    assert not browser.open(PULL).refreshes


def test_a_required_check_that_nobody_reported_is_expected(browser: Browser, seeded: Seed) -> None:
    seeded.world.commit(seeded.repo, BRANCH, {"a.md": "more"}, "More")
    page = browser.open(PULL)
    assert page.says("Fine-tune readiness Expected — Waiting for status to be reported Required")
    assert browser.open(f"{PULL}/checks").says("Waiting for the checks to start")


def test_a_check_is_asked_to_run_again(browser: Browser, seeded: Seed) -> None:
    page = browser.open(f"{PULL}/checks")
    after = browser.press(page, "Re-run")
    assert after.address == f"{PULL}/checks?check_run_id={seeded.run.id}"
    assert after.says("Queued — Re-run requested")
    assert after.refreshes
    (event,) = seeded.events
    assert (event.name, event.action, event.subject, event.sender) == (
        "check_run",
        "rerequested",
        seeded.run,
        seeded.ana,
    )
    change = RunChange(CHECK, status="completed", conclusion="success")
    seeded.world.create_run(seeded.repo, seeded.app, seeded.pull.head_sha, change)
    assert not browser.open(f"{PULL}/checks").refreshes


def test_a_run_on_its_own_page_is_asked_again_and_stays_there(browser: Browser, seeded: Seed) -> None:
    after = browser.press(browser.open(f"{REPO}/runs/{seeded.run.id}"), "Re-run")
    assert after.address == f"{REPO}/runs/{seeded.run.id}"
    assert [event.action for event in seeded.events] == ["rerequested"]


def test_a_button_of_the_app_is_pressed_by_whoever_may_write(browser: Browser, seeded: Seed) -> None:
    button = {"label": "Explain", "description": "What is wrong?", "identifier": "explain"}
    seeded.world.update_run(seeded.run, RunChange(actions=(button,)))
    seeded.events.clear()
    after = browser.press(browser.open(f"{PULL}/checks"), "Explain")
    assert after.address == f"{PULL}/checks?check_run_id={seeded.run.id}"
    (event,) = seeded.events
    assert (event.name, event.action, event.sender) == ("check_run", "requested_action", seeded.ana)
    assert event.details == {"requested_action": {"identifier": "explain"}}
    assert browser.send(f"{REPO}/runs/{seeded.run.id}/action", identifier="other").status == 422
    browser.act_as("eve")
    assert not browser.open(f"{PULL}/checks").can_press("Explain")
    assert browser.send(f"{REPO}/runs/{seeded.run.id}/action", identifier="explain").status == 403


def test_a_reaction_is_seen_at_its_comment(browser: Browser, seeded: Seed) -> None:
    comment = seeded.world.comment(seeded.pull, seeded.ana, "/tunegate help")
    seeded.world.react(comment, seeded.app.bot, "eyes")
    assert browser.open(PULL).says("👀")


def test_who_may_not_write_cannot_ask_for_a_run(browser: Browser, seeded: Seed) -> None:
    browser.act_as("eve")
    assert "Re-run" not in [text for form in browser.open(f"{PULL}/checks").forms for text, *_ in form.buttons]
    assert browser.send(f"{REPO}/runs/{seeded.run.id}/rerun").status == 403
    assert seeded.events == []
