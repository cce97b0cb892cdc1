"""Can a pull request be led through its life in the browser, and is a refusal said where it happened?"""

import pytest

from bot.sandbox.checks import RunChange
from tests.sandbox_pages.browser import Browser
from tests.sandbox_pages.seed import BRANCH, CHECK, Seed

REPO = "/acme/support-router"
PULL = f"{REPO}/pull/1"


def make_ready(seeded: Seed) -> None:
    change = RunChange(CHECK, status="completed", conclusion="success")
    seeded.world.create_run(seeded.repo, seeded.app, seeded.pull.head_sha, change)


def test_a_merge_is_blocked_by_the_required_check_in_githubs_words(browser: Browser, seeded: Seed) -> None:
    page = browser.open(PULL)
    assert page.says("Merging is blocked", 'Required status check "Fine-tune readiness" is failing.')
    assert not page.can_press("Merge pull request")
    forced = browser.send(f"{PULL}/merge", method="merge", sha=seeded.pull.head_sha)
    assert forced.status == 405
    assert forced.says('Required status check "Fine-tune readiness" is failing.', "ana wants to merge")
    assert seeded.pull.merged_at is None


@pytest.mark.parametrize(("method", "parents"), [("merge", 2), ("squash", 1), ("rebase", 1)])
def test_a_merge_is_allowed_once_the_check_succeeds(browser: Browser, seeded: Seed, method: str, parents: int) -> None:
    make_ready(seeded)
    page = browser.open(PULL)
    assert page.says("This branch has no conflicts with the base branch", "Merging can be performed automatically.")
    after = browser.press(page, "Merge pull request", method=method)
    assert after.says("Merged", "ana merged 2 commits into main", "Pull request successfully merged and closed")
    assert len(seeded.world.resolve(seeded.repo, "main").parents) == parents
    assert browser.open(f"{REPO}/pulls?q=closed").says("was merged now")
    assert browser.open(REPO).says("adapters")


def test_a_merge_of_a_head_that_moved_is_refused(browser: Browser, seeded: Seed) -> None:
    make_ready(seeded)
    page = browser.open(PULL)
    seeded.world.commit(seeded.repo, BRANCH, {"more.md": "more"})
    make_ready(seeded)
    after = browser.press(page, "Merge pull request")
    assert after.status == 409
    assert after.says("Head branch was modified. Review and try the merge again.")


def test_a_conflict_is_said_and_forbids_the_merge(browser: Browser, seeded: Seed) -> None:
    make_ready(seeded)
    seeded.world.commit(seeded.repo, "main", {"README.md": "another text\n"})
    page = browser.open(PULL)
    assert page.says("This branch has conflicts that must be resolved")
    assert not page.can_press("Merge pull request")


def test_who_may_not_write_sees_no_merge_button(browser: Browser, seeded: Seed) -> None:
    make_ready(seeded)
    seeded.events.clear()
    browser.act_as("eve")
    page = browser.open(PULL)
    assert page.says("Only those with write access to this repository can merge pull requests.")
    assert browser.send(f"{PULL}/merge", method="merge").status == 403
    assert browser.send(f"{PULL}/edit", title="Mine").status == 403
    assert browser.send(f"{PULL}/comment", body="x", also="close").status == 403
    assert seeded.events == []


def test_a_comment_is_told_and_shown(browser: Browser, seeded: Seed) -> None:
    browser.act_as("eve")
    after = browser.press(browser.open(PULL), "Comment", body="/tunegate review\n\n**now**")
    assert after.says("eve commented now", "/tunegate review now")
    assert [(event.name, event.action, event.sender.login) for event in seeded.events] == [
        ("issue_comment", "created", "eve")
    ]
    assert list(seeded.repo.comments.values())[-1].body == "/tunegate review\n\n**now**"


def test_a_comment_that_is_refused_keeps_its_text(browser: Browser) -> None:
    too_long = "x" * 65_537
    after = browser.press(browser.open(PULL), "Comment", body=too_long)
    assert after.status == 422
    assert after.says("body is too long (maximum is 65536 characters)")
    assert after.form("Comment").fields["body"] == too_long
    assert browser.press(browser.open(PULL), "Comment", body="  ").says("Validation Failed")


def test_a_pull_request_is_closed_and_reopened_with_a_comment_or_without(browser: Browser, seeded: Seed) -> None:
    after = browser.press(browser.open(PULL), "Close pull request", body="Not now.")
    assert after.says("Closed", "Not now.", "This pull request was closed now", "Closed with unmerged commits")
    after = browser.press(after, "Reopen pull request")
    assert after.says("Open", "ana wants to merge")
    assert len(seeded.world.comments(seeded.pull)) == 3
    assert [event.action for event in seeded.events] == ["closed", "created", "reopened"]


def test_a_pull_request_whose_branch_is_gone_cannot_be_reopened(browser: Browser, seeded: Seed) -> None:
    seeded.world.close(seeded.pull, seeded.ana)
    seeded.world.delete_branch(seeded.repo, BRANCH, seeded.ana)
    after = browser.press(browser.open(PULL), "Reopen pull request", body="kept")
    assert after.status == 422
    assert after.form("Reopen pull request").fields["body"] == "kept"
    assert len(seeded.world.comments(seeded.pull)) == 2


def test_title_and_description_are_edited(browser: Browser, seeded: Seed) -> None:
    after = browser.press(browser.open(PULL), "Save", title="Another title", description="Another text")
    assert after.says("Another title #1", "Another text")
    assert [event.action for event in seeded.events] == ["edited"]
    assert browser.press(after, "Save", title=" ").says("Title can't be blank")


def test_a_draft_becomes_ready_for_review(browser: Browser, seeded: Seed) -> None:
    seeded.world.commit(seeded.repo, "idea", {"idea.md": "An idea"}, "Think", seeded.ana)
    page = browser.press(browser.open(f"{REPO}/compare/main...idea"), "Create pull request", draft="1")
    assert page.says("Draft", "This pull request is still a work in progress", "Draft pull requests cannot be merged.")
    assert not page.can_press("Merge pull request")
    after = browser.press(page, "Ready for review")
    assert not after.says("still a work in progress")
    assert seeded.events[-1].action == "ready_for_review"


def test_two_branches_are_compared_and_an_open_pull_request_is_pointed_out(browser: Browser, seeded: Seed) -> None:
    page = browser.open(f"{REPO}/compare")
    assert page.says("Compare changes", "Choose two branches")
    same = browser.open(f"{REPO}/compare?base=main&head={BRANCH}")
    assert same.says("2 commits", "Showing 4 changed files")
    assert same.link("Fine-tune a ticket router #1") == PULL
    seeded.world.push(seeded.repo, "same", seeded.repo.branches["main"], seeded.ana)
    assert browser.open(f"{REPO}/compare/same").says("There isn’t anything to compare.")


def test_opening_a_second_pull_request_of_the_same_branches_is_refused_and_the_first_is_pointed_out(
    browser: Browser,
) -> None:
    after = browser.send(f"{REPO}/compare/main...{BRANCH}", title="Again")
    assert after.status == 422
    assert after.says(f"A pull request already exists for acme:{BRANCH}.")
    assert after.link("Fine-tune a ticket router #1") == PULL


def test_a_pull_request_needs_a_title_and_a_right_to_the_branch(browser: Browser, seeded: Seed) -> None:
    seeded.world.commit(seeded.repo, "idea", {"idea.md": "An idea"}, "Think", seeded.ana)
    page = browser.open(f"{REPO}/compare/main...idea")
    after = browser.press(page, "Create pull request", title=" ", body="kept")
    assert after.says("Title can't be blank")
    assert after.form("Create pull request").fields["body"] == "kept"
    browser.act_as("eve")
    assert browser.press(page, "Create pull request").status == 403
    assert len(seeded.repo.pulls) == 1


def test_a_review_is_submitted_but_nobody_approves_their_own_work(browser: Browser, seeded: Seed) -> None:
    own = browser.send(f"{PULL}/files", event="APPROVE", body="I like it")
    assert own.status == 422
    assert own.says("Can not approve your own pull request")
    assert own.form("Submit review").fields["body"] == "I like it"
    browser.act_as("ben")
    after = browser.press(browser.open(f"{PULL}/files"), "Submit review", event="APPROVE", body="")
    assert after.says("ben approved these changes now")
    assert browser.press(browser.open(f"{PULL}/files"), "Submit review").says("Review body is required for COMMENT")
    assert seeded.pull.reviews[-1].state == "APPROVED"


def test_a_comment_at_a_line_is_answered_in_its_thread(browser: Browser, seeded: Seed) -> None:
    after = browser.press(browser.open(PULL), "Reply", body="There are 640.")
    assert after.text.index("Say how many there are.") < after.text.index("There are 640.") < after.text.index("Reply…")
    assert after.text.count("There are 640.") == 1
    assert browser.open(f"{PULL}/files").says("There are 640.")
    assert browser.send(f"{PULL}/reply", to="7", body="x").status == 404


def test_an_unknown_deed_is_not_there(browser: Browser, seeded: Seed) -> None:
    assert browser.send(f"{PULL}/destroy").status == 404
    assert browser.send(f"{PULL}/merge", method="force").status == 422
    assert browser.send(f"{REPO}/pull/2/merge").status == 404
    assert seeded.events == []
