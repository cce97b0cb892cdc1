"""Does a diff show its lines, and at them what checks and reviewers say?"""

from bot.sandbox.checks import Output, RunChange
from bot.sandbox.model import Annotation
from bot.sandbox.world import Place
from tests.sandbox_pages.browser import Browser
from tests.sandbox_pages.seed import BRANCH, PROPOSAL, TEXT, Seed

REPO = "/acme/support-router"
PULL = f"{REPO}/pull/1"


def test_changed_files_show_lines_numbers_annotations_and_comments(browser: Browser) -> None:
    page = browser.open(f"{PULL}/files")
    assert page.says("Showing 4 changed files with 19 additions and 2 deletions .", "Binary file not shown.")
    line, note, comment = "14 + train: {path:", f"Check failure on line 14 in {PROPOSAL}", "Say how many there are."
    assert page.text.index(line) < page.text.index(note) < page.text.index(comment) < page.text.index("15 + owner:")
    assert page.says("Check warning on line 18", "P3M is often for a volatile signal", "Raw output")
    assert page.says("Unchanged files with check annotations Check notice on line 1 in docs/slo.md")
    levels = [
        attrs["class"] for tag, attrs in page.elements if tag == "div" and "remark " in (attrs.get("class") or "")
    ]
    assert levels == ["remark failure", "remark failure", "remark warning", "remark notice"]


def test_a_changed_file_can_be_edited_only_where_the_visitor_may_write(browser: Browser) -> None:
    edit = f"{REPO}/edit/{BRANCH}/{PROPOSAL}?pr={PULL}"
    assert edit in [address for text, address in browser.open(f"{PULL}/files").links if text == "Edit file"]
    browser.act_as("eve")
    assert "Edit file" not in [text for text, _ in browser.open(f"{PULL}/files").links]


def test_a_large_diff_is_shown_when_it_is_asked_for(browser: Browser, seeded: Seed) -> None:
    seeded.world.commit(seeded.repo, BRANCH, {"data/train.jsonl": "".join(f"row {n}\n" for n in range(900))})
    page = browser.open(f"{PULL}/files")
    assert page.says("Large diffs are not rendered by default.")
    assert not page.says("row 700")
    assert browser.open(f"{PULL}/files{page.link('Load diff')}").says("row 700")


def test_a_diff_beyond_what_github_shows_says_so(browser: Browser, seeded: Seed) -> None:
    seeded.world.commit(seeded.repo, BRANCH, {"data/train.jsonl": "row\n" * 20_001})
    assert browser.open(f"{PULL}/files").says("This diff is too large to be shown.")


def test_what_a_moved_line_was_told_is_folded_as_outdated(browser: Browser, seeded: Seed) -> None:
    seeded.world.comment_on_line(seeded.pull, seeded.ben, Place(PROPOSAL, 17), "Longer, please.")
    seeded.world.commit(seeded.repo, BRANCH, {PROPOSAL: TEXT.replace("2027-02-28", "2028-06-30")}, "Stay longer")
    files = browser.open(f"{PULL}/files")
    assert files.says("1 outdated comment Show", "Longer, please.", "Say how many there are.")
    assert browser.open(PULL).says(f"{PROPOSAL} Outdated Show", "Longer, please.")
    seeded.world.commit(seeded.repo, BRANCH, {PROPOSAL: None}, "Take it back")
    assert browser.open(f"{PULL}/files").says("2 comments on files that are no longer changed Show")


def test_annotations_that_find_no_line_stand_at_the_head_of_their_file(browser: Browser, seeded: Seed) -> None:
    annotation = Annotation("README.md", 900, 900, "notice", "There is no such line.")
    seeded.world.update_run(seeded.run, RunChange(output=Output(annotations=(annotation,))))
    page = browser.open(f"{PULL}/files")
    assert page.text.index("There is no such line.") < page.text.index("@@ -5,4 +5,4 @@")


def test_a_diff_of_very_many_files_says_how_many_it_leaves_out(browser: Browser, seeded: Seed) -> None:
    seeded.world.commit(seeded.repo, BRANCH, {f"many/{number}.txt": "x\n" for number in range(300)})
    page = browser.open(f"{PULL}/files")
    assert page.says("Showing 304 changed files", "4 more changed files not shown.")
