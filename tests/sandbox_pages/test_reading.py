"""Does each page show what a user of GitHub looks for there?"""

import pytest

from bot.sandbox.git_objects import Symlink
from bot.sandbox.world import World
from tests.sandbox_pages.browser import Browser
from tests.sandbox_pages.seed import BRANCH, PROPOSAL, Seed

REPO = "/acme/support-router"
PULL = f"{REPO}/pull/1"


def test_the_first_page_lists_repositories_with_their_pull_requests_and_says_that_it_is_a_sandbox(
    browser: Browser,
) -> None:
    page = browser.open("/")
    assert page.status == 200
    assert page.says("A stand-in for GitHub on this machine", "You are signed in as A ana", "acme", "support-router")
    assert page.says("Fine-tune a ticket router", "2 failing, 1 successful checks", "1 open pull request")
    assert page.link("Fine-tune a ticket router") == PULL


def test_an_account_has_a_page_and_an_unknown_one_has_none(browser: Browser) -> None:
    assert browser.open("/acme").says("Acme Support", "support-router")
    assert browser.open("/nobody").status == 404
    assert browser.open("/tunegate[bot]").status == 404


def test_an_app_shows_what_it_may_do_and_where_it_is_installed(browser: Browser) -> None:
    page = browser.open("/apps/tunegate")
    assert page.says("Tunegate", "checks: write", "acme on all repositories", "pull_request", "Nothing was sent yet.")
    assert browser.open("/apps/none").status == 404


def test_a_repository_shows_its_files_and_its_readme(browser: Browser) -> None:
    page = browser.open(REPO)
    assert page.says("docs", "logo.png", "Initial commit", "1 commit", "Sorts support tickets into 30 categories.")
    assert [tag for tag, _ in page.elements if tag == "s"] == ["s"]
    assert page.link("the service level") == f"{REPO}/blob/main/docs/slo.md"
    assert not page.says("adapters")


def test_a_branch_with_a_slash_can_be_looked_at_and_leads_to_its_pull_request(browser: Browser) -> None:
    page = browser.open(f"{REPO}?ref={BRANCH}")
    assert page.link("adapters") == f"{REPO}/tree/{BRANCH}/adapters"
    assert page.link("Fine-tune a ticket router #1") == PULL
    folder = browser.open(f"{REPO}/tree/{BRANCH}/adapters")
    assert folder.link("ticket-router") == f"{REPO}/tree/{BRANCH}/adapters/ticket-router"
    assert folder.link("..") == f"{REPO}/tree/{BRANCH}"


def test_a_file_shows_its_lines_with_numbers_to_link_to(browser: Browser) -> None:
    page = browser.open(f"{REPO}/blob/{BRANCH}/{PROPOSAL}")
    assert page.says("18 lines", "train: {path: data/train.jsonl, format: openai-chat, examples: 5000}")
    ids = [attrs["id"] for tag, attrs in page.elements if tag == "tr" and "id" in attrs]
    assert ids == [f"L{number}" for number in range(1, 19)]
    assert page.link("12") == "#L12"
    assert page.link("Edit") == f"{REPO}/edit/{BRANCH}/{PROPOSAL}"


def test_a_file_at_a_commit_cannot_be_edited(browser: Browser, seeded: Seed) -> None:
    page = browser.open(f"{REPO}/blob/{seeded.pull.head_sha}/{PROPOSAL}")
    assert page.status == 200
    assert "Edit" not in [text for text, _ in page.links]


def test_a_markdown_file_shows_as_it_reads_and_its_source_on_demand(browser: Browser) -> None:
    assert "h1" in [tag for tag, _ in browser.open(f"{REPO}/blob/main/docs/slo.md").elements]
    assert browser.open(f"{REPO}/blob/main/docs/slo.md?plain=1").says("# Service level")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\x00\x01", "Binary file: it cannot be shown as text."),
        (b"\xff\xfe\xfa", "Binary file: it cannot be shown as text."),
        (b"a" * 1_000_001, "Sorry about that, but we can’t show files that are this big right now."),
        (b"", "This file is empty."),
        (Symlink("docs/slo.md"), "symbolic link"),
    ],
)
def test_a_file_that_is_no_text_says_so(browser: Browser, seeded: Seed, content: bytes | Symlink, says: str) -> None:
    seeded.world.commit(seeded.repo, "main", {"thing": content})
    assert browser.open(f"{REPO}/blob/main/thing").says(says)


def test_raw_bytes_are_handed_out_as_text_or_to_be_stored(browser: Browser, seeded: Seed) -> None:
    seeded.world.commit(seeded.repo, "main", {"page.html": "<script>alert(1)</script>"})
    text = browser.open(f"{REPO}/raw/main/page.html")
    assert text.headers["content-type"] == "text/plain; charset=utf-8"
    assert text.html == "<script>alert(1)</script>"
    assert browser.open(f"{REPO}/raw/main/logo.png").headers["content-disposition"] == "attachment"


def test_the_commits_of_a_branch_and_one_commit_with_its_diff(browser: Browser, seeded: Seed) -> None:
    page = browser.open(f"{REPO}/commits/{BRANCH}")
    assert page.says("Say where it stands", "Propose ticket-router", "Initial commit")
    commit = browser.open(page.link("Say where it stands"))
    assert commit.says("The rules are back.", "Showing 3 changed files with 1 addition and 2 deletions .", "ci/tests")
    assert browser.open(f"{REPO}/commit/{seeded.pull.head_sha[:8]}").says("The rules are back.")


def test_the_list_of_pull_requests_tells_open_from_closed(browser: Browser, seeded: Seed) -> None:
    assert browser.open(f"{REPO}/pulls").says("1 Open", "0 Closed", "Fine-tune a ticket router", "opened 6 minutes ago")
    seeded.world.close(seeded.pull, seeded.ana)
    assert browser.open(f"{REPO}/pulls").says("There are no open pull requests.")
    assert browser.open(f"{REPO}/pulls?q=closed").says("Fine-tune a ticket router", "was closed now")


def test_the_conversation_tells_in_order_what_happened(browser: Browser) -> None:
    page = browser.open(PULL)
    assert page.says("Open", "ana wants to merge 2 commits into main from ana/ticket-router")
    told = [
        "The prompted model invents categories.",
        "Propose ticket-router",
        "Say where it stands",
        "tunegate bot commented",
        "claimed 5000, counted 640 effective",
        "tunegate bot reviewed",
        "Two lines need a look.",
        "Say how many there are.",
        "ben commented",
        "Some checks were not successful",
        "Merging is blocked",
        "Add a comment",
    ]
    places = [page.text.index(" ".join(text.split())) for text in told]
    assert places == sorted(places)
    assert not page.says("tunegate: sticky comment")


def test_the_sticky_comment_shows_its_table_and_folds_its_details(browser: Browser) -> None:
    tags = [tag for tag, _ in browser.open(PULL).elements]
    assert "table" in tags
    assert tags.count("summary") >= 2


def test_an_inline_comment_stands_under_the_last_lines_of_its_hunk(browser: Browser) -> None:
    page = browser.open(PULL)
    assert page.says("11 + signal: stable 12 + reason: classification 13 + data:")
    assert not page.says("10 + kind: behavior")


def test_a_private_repository_is_there_only_for_those_who_may_read_it(browser: Browser, seeded: Seed) -> None:
    secret = seeded.world.create_repo(seeded.org, "secret", {"a.md": "hush"}, private=True)
    assert browser.open("/acme/secret").says("Private")
    browser.act_as("eve")
    assert browser.open("/acme/secret").status == 404
    assert not browser.open("/").says("secret")
    seeded.world.add_collaborator(secret, seeded.eve, "read")
    assert browser.open("/acme/secret").says("a.md")


def test_a_renamed_repository_is_found_by_its_former_name(browser: Browser, seeded: Seed) -> None:
    seeded.world.rename_repo(seeded.repo, "ticket-router")
    assert browser.open(REPO).says("ticket-router")
    seeded.world.create_repo(seeded.org, "support-router", {"other.md": "another"})
    assert browser.open(REPO).says("other.md")


def test_an_empty_repository_says_so(browser: Browser, seeded: Seed) -> None:
    seeded.world.create_repo(seeded.org, "empty")
    assert browser.open("/acme/empty").says("This repository is empty.")


def test_a_world_without_anybody_has_a_first_page() -> None:
    page = Browser(World()).open("/")
    assert page.status == 200
    assert page.says("There are no users yet, so nobody is signed in.", "There are no repositories yet.")


@pytest.mark.parametrize(
    "address",
    [
        f"{REPO}/blob/main/none.md",
        f"{REPO}/blob/none/README.md",
        f"{REPO}/tree/main/none",
        f"{REPO}/raw/main/docs",
        f"{REPO}/edit/main/none.md",
        f"{REPO}/edit/main",
        f"{REPO}/new/none",
        f"{REPO}/delete/main/docs",
        f"{REPO}/commits/none",
        f"{REPO}/commit/0000000",
        f"{REPO}?ref=none",
        f"{REPO}/pull/2",
        f"{REPO}/pull/x",
        f"{REPO}/pull/1%C2%B2",
        f"{REPO}/pull/99999999999999999999999",
        f"{REPO}/pull/2/files",
        f"{REPO}/pull/1/none",
        f"{REPO}/pull/1/merge",
        f"{REPO}/pull/1/checks?check_run_id=7",
        f"{REPO}/runs/7",
        f"{REPO}/runs/x",
        f"{REPO}/compare/main...none",
        f"{REPO}/compare/none...main",
        "/acme/none",
        "/acme/none/pulls",
        "/none/of/these",
        "/%00",
        "/acme/support-router/blob/main/%00",
    ],
)
def test_what_is_not_there_is_a_page_that_says_so(browser: Browser, address: str) -> None:
    page = browser.open(address)
    assert page.status == 404
    assert page.says("404", "This is not the page you are looking for.")
