"""Does a file change in the browser as on GitHub, with a commit, a push, and the typed text kept when it is refused?"""

import pytest

from bot.sandbox.git_objects import Symlink
from tests.sandbox_pages.browser import Browser
from tests.sandbox_pages.seed import BRANCH, PROPOSAL, TEXT, Seed

REPO = "/acme/support-router"
EDIT = f"{REPO}/edit/{BRANCH}/{PROPOSAL}"
LONGER = TEXT.replace("2027-02-28", "2028-06-30")


def test_editing_on_the_branch_moves_the_pull_request_and_shows_the_new_text(browser: Browser, seeded: Seed) -> None:
    before = seeded.pull.head_sha
    page = browser.open(EDIT)
    assert page.form("Commit changes").fields["text"] == TEXT
    after = browser.press(page, "Commit changes", text=LONGER, message="Own it for longer", extended="As asked.")
    assert after.address == f"{REPO}/blob/{BRANCH}/{PROPOSAL}"
    assert after.says("until: 2028-06-30")
    assert seeded.pull.head_sha != before
    assert seeded.world.read(seeded.repo, PROPOSAL, BRANCH) == LONGER.encode()
    assert [event.action for event in seeded.events if event.name == "pull_request"] == ["synchronize"]
    commit = browser.open(f"{REPO}/commit/{seeded.pull.head_sha}")
    assert commit.says("Own it for longer", "As asked.", "ana", "17 + until: 2028-06-30")


def test_editing_from_the_changed_files_comes_back_to_the_pull_request(browser: Browser) -> None:
    files = browser.open(f"{REPO}/pull/1/files")
    edit = next(address for text, address in files.links if text == "Edit file" and PROPOSAL in address)
    after = browser.press(browser.open(edit), "Commit changes", text=LONGER)
    assert after.address == f"{REPO}/pull/1"
    assert after.says("Update finetune-proposal.yaml")


def test_the_way_back_leads_nowhere_else(browser: Browser) -> None:
    page = browser.open(f"{EDIT}?pr=//elsewhere.example/pull/1")
    assert browser.press(page, "Commit changes", text=LONGER).address == f"{REPO}/blob/{BRANCH}/{PROPOSAL}"


def test_a_text_that_changed_in_between_is_not_overwritten_and_what_was_typed_is_kept(
    browser: Browser, seeded: Seed
) -> None:
    page = browser.open(EDIT)
    seeded.world.commit(seeded.repo, BRANCH, {PROPOSAL: "version: 1\n"}, "Somebody was faster")
    after = browser.press(page, "Commit changes", text=LONGER, message="Mine")
    assert after.status == 409
    assert after.says("The file has changed since you opened it.")
    assert after.form("Commit changes").fields["text"] == LONGER
    assert after.form("Commit changes").fields["message"] == "Mine"
    assert seeded.world.read(seeded.repo, PROPOSAL, BRANCH) == b"version: 1\n"


def test_a_text_with_a_first_empty_line_and_its_line_ends_survive(browser: Browser, seeded: Seed) -> None:
    seeded.world.commit(seeded.repo, "main", {"dos.txt": b"\r\nfirst\r\nsecond\r\n"})
    page = browser.open(f"{REPO}/edit/main/dos.txt")
    browser.press(page, "Commit changes", text=page.form("Commit changes").fields["text"] + "third\n")
    assert seeded.world.read(seeded.repo, "dos.txt") == b"\r\nfirst\r\nsecond\r\nthird\r\n"


def test_committing_nothing_is_refused(browser: Browser, seeded: Seed) -> None:
    after = browser.press(browser.open(EDIT), "Commit changes")
    assert after.status == 422
    assert after.says("There is nothing to commit")
    assert seeded.events == []


def test_a_file_can_be_renamed_but_not_onto_another(browser: Browser, seeded: Seed) -> None:
    page = browser.open(f"{REPO}/edit/main/docs/slo.md")
    assert browser.press(page, "Commit changes", filename="README.md").says("A file named README.md already exists.")
    after = browser.press(page, "Commit changes", filename="docs/service-level.md")
    assert after.address == f"{REPO}/blob/main/docs/service-level.md"
    assert seeded.world.read(seeded.repo, "docs/slo.md") is None


def test_a_file_is_added_on_a_new_branch_which_starts_a_pull_request(browser: Browser, seeded: Seed) -> None:
    page = browser.open(f"{REPO}/new/main?filename=a%20b.yaml&value=version:%201%0A&message=Propose%20it")
    assert page.form("Commit changes").fields["filename"] == "a b.yaml"
    compare = browser.press(page, "Commit changes", target="branch", new_branch="propose/it")
    assert compare.address == f"{REPO}/compare/main...propose/it"
    assert compare.says("Open a pull request", "1 + version: 1")
    assert seeded.world.read(seeded.repo, "a b.yaml") is None
    after = browser.press(compare, "Create pull request", body="Please look.")
    assert after.address == f"{REPO}/pull/2"
    assert after.says("Propose it #2", "ana wants to merge 1 commit into main from propose/it", "Please look.")
    assert ("pull_request", "opened") in [(event.name, event.action) for event in seeded.events]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "The name of the file is not valid."),
        ("../up.md", "The name of the file is not valid."),
        ("a//b", "The name of the file is not valid."),
        ("/a", "The name of the file is not valid."),
        (".git/config", "The name of the file is not valid."),
        ("a\x01b", "The name of the file is not valid."),
        ("a" * 256, "The name of the file is too long."),
        ("docs", "docs is a folder."),
        ("README.md", "A file named README.md already exists."),
        ("README.md/x", "README.md is a file, so it holds no other."),
    ],
)
def test_a_file_with_a_name_that_git_would_not_take_is_refused(
    browser: Browser, seeded: Seed, name: str, says: str
) -> None:
    page = browser.open(f"{REPO}/new/main")
    after = browser.press(page, "Commit changes", filename=name, text="kept")
    assert after.status == 422
    assert after.says(says)
    assert after.form("Commit changes").fields["text"] == "kept"
    assert seeded.events == []


@pytest.mark.parametrize("name", ["", "-x", "a..b", "a b", "a~", "x.lock", "a/", ".a", "a\\b", BRANCH, "main/x", "ana"])
def test_a_branch_with_a_name_that_git_would_not_take_is_refused(browser: Browser, seeded: Seed, name: str) -> None:
    page = browser.open(f"{REPO}/edit/main/README.md")
    after = browser.press(page, "Commit changes", text="new", target="branch", new_branch=name)
    assert after.status == 422
    assert after.form("Commit changes").fields["new_branch"] == name
    assert seeded.events == []


def test_a_file_is_deleted(browser: Browser, seeded: Seed) -> None:
    page = browser.open(f"{REPO}/delete/{BRANCH}/{PROPOSAL}")
    after = browser.press(page, "Delete file")
    assert after.address == f"{REPO}/tree/{BRANCH}"
    assert seeded.world.read(seeded.repo, PROPOSAL, BRANCH) is None
    assert browser.open(f"{REPO}/pull/1").says("Delete finetune-proposal.yaml")


def test_an_empty_file_can_be_deleted_too(browser: Browser, seeded: Seed) -> None:
    seeded.world.commit(seeded.repo, "main", {"empty": ""})
    browser.press(browser.open(f"{REPO}/delete/main/empty"), "Delete file")
    assert seeded.world.read(seeded.repo, "empty") is None


def test_who_may_not_write_is_told_so_and_can_fork(browser: Browser, seeded: Seed) -> None:
    browser.act_as("eve")
    page = browser.open(f"{REPO}/edit/main/README.md")
    assert page.says("You need write access to acme/support-router to commit here.")
    assert not page.can_press("Commit changes")
    forced = browser.send(f"{REPO}/edit/main/README.md", text="mine", seen=page.form("Commit changes").fields["seen"])
    assert forced.status == 403
    assert forced.form("Commit changes").fields["text"] == "mine"
    fork = browser.press(browser.open(REPO), "Fork this repository")
    assert fork.address == "/eve/support-router"
    assert fork.says("forked from acme/support-router")
    page = browser.open("/eve/support-router/edit/main/README.md")
    browser.press(page, "Commit changes", text="From eve\n", target="branch", new_branch="mine", message="Mine")
    compare = browser.open(f"{REPO}/compare/main...eve:mine")
    after = browser.press(compare, "Create pull request")
    assert after.says("Mine #2", "eve wants to merge 1 commit into main from eve:mine")
    assert seeded.repo.pulls[2].from_fork
    assert browser.open(f"{REPO}/edit/main/README.md").link("eve/support-router") == "/eve/support-router"


def test_a_second_fork_and_a_fork_of_ones_own_are_refused(browser: Browser, seeded: Seed) -> None:
    browser.act_as("eve")
    browser.press(browser.open(REPO), "Fork this repository")
    again = browser.send(f"{REPO}/fork")
    assert (again.status, again.says("You already have a repository named support-router.")) == (422, True)
    assert browser.send("/eve/support-router/fork").status == 403


def test_nobody_writes_into_an_archive(browser: Browser, seeded: Seed) -> None:
    seeded.repo.archived = True
    assert browser.open(f"{REPO}/edit/main/README.md").says("Repository was archived so is read-only.")
    assert browser.send(f"{REPO}/new/main", filename="a.md", text="x").status == 403
    assert browser.send(f"{REPO}/pull/1/comment", body="x").status == 403
    assert browser.send(f"{REPO}/pull/1/files", event="COMMENT", body="x").status == 403
    assert seeded.events == []


def test_what_is_no_text_cannot_be_edited(browser: Browser, seeded: Seed) -> None:
    seeded.world.commit(seeded.repo, "main", {"link": Symlink("README.md")})
    assert browser.open(f"{REPO}/edit/main/logo.png").says("Binary file: it cannot be shown as text.")
    assert browser.open(f"{REPO}/edit/main/link").says("A symbolic link cannot be edited here.")
    assert browser.send(f"{REPO}/edit/main/link", text="x").status == 422


def test_a_text_that_is_too_large_is_refused(browser: Browser, seeded: Seed) -> None:
    page = browser.open(EDIT)
    assert browser.press(page, "Commit changes", text="x" * 1_000_001).says("The file is too large to be edited here.")
    assert browser.press(page, "Commit changes", text="x" * 3_000_001).status == 413
    assert seeded.events == []


def test_a_file_that_vanished_in_between_is_said_to_be_gone(browser: Browser, seeded: Seed) -> None:
    page = browser.open(EDIT)
    seeded.world.commit(seeded.repo, BRANCH, {PROPOSAL: None})
    after = browser.press(page, "Commit changes", text=LONGER)
    assert after.status == 409
    assert after.form("Commit changes").fields["text"] == LONGER
