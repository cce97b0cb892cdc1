"""What lies at a path? Files of every size and kind, folders, trees, and how they are changed."""

import base64
import hashlib
from typing import Any

import pytest

from tests.sandbox.town import FILES, Refusal, Town

CONTENTS = "/repos/acme/models/contents"
MEGABYTE = 1024 * 1024
FORM = "application/vnd.github.{}+json"


def get(town: Town, path: str, form: str = "", query: str = "") -> Any:
    headers = {"Accept": FORM.format(form)} if form else {}
    return town.call("GET", f"{CONTENTS}/{path}{query}", town.token(), headers=headers)


def test_a_file_comes_described_or_as_it_is(town: Town) -> None:
    described = get(town, "README.md", "object").json()
    assert (described["type"], described["encoding"], described["size"]) == ("file", "base64", 9)
    assert base64.b64decode(described["content"]) == b"# Models\n"
    assert described["sha"] == hashlib.sha1(b"blob 9\0# Models\n").hexdigest()
    raw = get(town, "README.md", "raw")
    assert (raw.content, raw.headers["x-github-media-type"]) == (b"# Models\n", "github.v3; param=raw; format=json")


def test_a_file_above_one_megabyte_comes_only_as_it_is(town: Town) -> None:
    large = b"x" * (MEGABYTE + 1)
    town.world.commit(town.models, "main", {"large.bin": large, "just.bin": large[:-1]}, "Large", town.ben)
    described = get(town, "large.bin", "object").json()
    assert (described["encoding"], described["content"], described["size"]) == ("none", "", len(large))
    assert get(town, "large.bin", "raw").content == large
    assert base64.b64decode(get(town, "just.bin").json()["content"]) == large[:-1]


def test_a_file_above_a_hundred_megabytes_does_not_come_at_all(town: Town) -> None:
    town.world.commit(town.models, "main", {"huge.bin": bytes(100 * MEGABYTE + 1)}, "Huge", town.ben)
    for form in ("", "object", "raw"):
        answer = get(town, "huge.bin", form)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, "too_large")


def test_a_folder_is_a_list_or_an_object(town: Town) -> None:
    listed = {each["path"]: each["type"] for each in get(town, "").json()}
    assert listed == {
        ".gitmodules": "file",
        "README.md": "file",
        "astray": "symlink",
        "data": "dir",
        "docs": "dir",
        "link": "symlink",
        "vendor": "dir",
    }
    assert [each["type"] for each in get(town, "vendor").json()] == ["file"]  # a submodule, as GitHub lists it
    folder = get(town, "docs", "object").json()
    assert (folder["type"], [each["name"] for each in folder["entries"]]) == ("dir", ["guide.md"])


def test_a_link_is_followed_to_a_file_of_the_repository_and_no_further(town: Town) -> None:
    followed = get(town, "link", "object").json()
    assert (followed["type"], base64.b64decode(followed["content"])) == ("file", FILES["docs/guide.md"].encode())
    assert get(town, "link", "raw").content == FILES["docs/guide.md"].encode()
    astray = get(town, "astray", "object").json()
    assert (astray["type"], astray["target"], "content" in astray) == ("symlink", "../elsewhere", False)


def test_a_submodule_tells_where_it_comes_from(town: Town) -> None:
    module = get(town, "vendor/tool", "object").json()
    expected = ("submodule", "https://example.test/tool.git", "1" * 40)
    assert (module["type"], module["submodule_git_url"], module["sha"]) == expected


def test_a_path_is_read_at_any_commit(town: Town) -> None:
    first = town.models.branches["main"]
    town.world.commit(town.models, "main", {"README.md": "# Changed\n"}, "C", town.ben)
    town.world.commit(town.models, "a/b", {"other.md": "x\n"}, "B", town.ben)
    assert get(town, "README.md", "raw", f"?ref={first}").content == b"# Models\n"
    assert get(town, "README.md", "raw", "?ref=main").content == b"# Changed\n"
    assert get(town, "README.md", "raw", "?ref=HEAD").content == b"# Changed\n"
    assert get(town, "other.md", "raw", "?ref=a/b").content == b"x\n"
    assert Refusal.of(get(town, "other.md")) == Refusal(404, "Not Found")
    assert Refusal.of(get(town, "README.md", "", "?ref=nope")) == Refusal(404, "No commit found for the ref nope")


def test_names_with_strange_letters_are_found(town: Town) -> None:
    names = ["with blank.md", "ünï/cödé.md", "a#b?c.md", "100%.md"]
    town.world.commit(town.models, "main", dict.fromkeys(names, "x\n"), "Names", town.ben)
    repo = town.github(town.token()).get_repo("acme/models")
    for name in names:
        found = repo.get_contents(name)
        assert not isinstance(found, list)
        assert (found.path, found.decoded_content) == (name, b"x\n")


def test_a_tree_lists_everything_below_it(town: Town) -> None:
    repo = town.github(town.token()).get_repo("acme/models")
    tree = repo.get_git_tree(town.models.branches["main"], recursive=True)
    modes = {each.path: (each.mode, each.type) for each in tree.tree}
    assert modes["docs/guide.md"] == ("100644", "blob")
    assert modes["docs"] == ("040000", "tree")
    assert modes["link"] == ("120000", "blob")
    assert modes["vendor/tool"] == ("160000", "commit")
    assert "docs/guide.md" not in {each.path for each in repo.get_git_tree("main").tree}
    blob = repo.get_git_blob(next(each.sha for each in tree.tree if each.path == "docs/guide.md"))
    assert base64.b64decode(blob.content) == FILES["docs/guide.md"].encode()


def test_a_file_is_created_changed_and_deleted_by_a_user_who_may(town: Town) -> None:
    repo = town.github(town.token_of(town.ada)).get_repo("acme/models")
    made = repo.create_file("new/file.txt", "New", "one\n", branch="main")
    assert made["commit"].sha == town.models.branches["main"]
    changed = repo.update_file("new/file.txt", "Change", "two\n", made["content"].sha)
    assert town.world.read(town.models, "new/file.txt") == b"two\n"
    commit = repo.get_commit(changed["commit"].sha)
    assert (commit.author.login, commit.commit.message, [each.status for each in commit.files]) == (
        "ada",
        "Change",
        ["modified"],
    )
    repo.delete_file("new/file.txt", "Gone", changed["content"].sha)
    assert town.world.read(town.models, "new/file.txt") is None


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("README.md", {}, 422),
        ("README.md", {"sha": "a" * 40}, 409),
        ("docs", {}, 422),
        ("a/../b", {}, 422),
        (".git/config", {}, 422),
        ("new.md", {"content": "no base64!"}, 422),
        ("new.md", {"branch": "nope"}, 404),
        ("new.md", {"message": None}, 422),
    ],
)
def test_a_file_is_not_written_blindly(town: Town, path: str, body: dict[str, Any], status: int) -> None:
    tip = town.models.branches["main"]
    whole = {"message": "M", "content": base64.b64encode(b"x").decode()} | body
    url = f"{town.api}/repos/acme/models/contents/{path.replace('/../', '/%2e%2e/')}"
    answer = town.call("PUT", url.removeprefix(town.api), town.token_of(town.ada), json=whole)
    assert (answer.status_code, town.models.branches["main"]) == (status, tip), answer.text


def test_branches_are_made_moved_and_deleted(town: Town) -> None:
    repo = town.github(town.token_of(town.ada)).get_repo("acme/models")
    main = town.models.branches["main"]
    other = town.world.commit(town.models, "other", {"x": "x"}, "X", town.ada).sha
    made = repo.create_git_ref("refs/heads/a/b", main)
    assert town.models.branches["a/b"] == main
    made.edit(other)
    assert repo.get_git_ref("heads/a/b").object.sha == other
    answer = town.call("PATCH", "/repos/acme/models/git/refs/heads/a/b", town.token_of(town.ada), json={"sha": main})
    assert Refusal.of(answer) == Refusal(422, "Update is not a fast forward")
    made.delete()
    assert "a/b" not in town.models.branches


def test_two_commits_are_compared(town: Town) -> None:
    town.world.commit(town.models, "tune", {"new.md": "x\n"}, "On the branch", town.ada)
    town.world.commit(town.models, "main", {"README.md": "# Moved\n"}, "On main", town.ben)
    repo = town.github(town.token()).get_repo("acme/models")
    found = repo.compare("main", "tune")
    assert (found.status, found.ahead_by, found.behind_by) == ("diverged", 1, 1)
    assert [each.commit.message for each in found.commits] == ["On the branch"]
    assert [(each.filename, each.status) for each in found.files] == [("new.md", "added")]
    assert repo.compare("tune", "tune").status == "identical"
