"""How do files get into a repository? Branches, commits, forks, and the names by which a commit is called."""

import re
from collections.abc import Mapping
from datetime import datetime

from bot.sandbox.accounts import Accounts
from bot.sandbox.git_objects import Commit, Content, Entry, Objects, Submodule
from bot.sandbox.model import Account, Event, Issue, Pull, Repo
from bot.sandbox.state import Refused, locked, not_found

ZERO = "0" * 40
MODULES = ".gitmodules"
Edits = Mapping[str, Content | str | None]


class Repositories(Accounts):
    """Repositories and their commits."""

    @locked
    def create_repo(
        self,
        owner: Account,
        name: str,
        files: Edits | None = None,
        *,
        private: bool = False,
        default_branch: str = "main",
        description: str | None = None,
        author: Account | None = None,
    ) -> Repo:
        """Create a repository, with a first commit when files are given; None is sent to nobody."""
        now = self.now()
        repo = Repo(self.next_id(), owner, name, private, default_branch, description, now, now, Objects())
        self.repos[repo.id] = repo
        if files is not None:
            first = self._write(repo, None, files, "Initial commit", author or owner)
            repo.branches[default_branch] = first.sha
        return repo

    @locked
    def rename_repo(self, repo: Repo, name: str) -> None:
        """Give a repository another name; the old one leads to it."""
        self.moved[repo.full_name.lower()] = repo.id
        repo.name = name

    @locked
    def commit(
        self,
        repo: Repo,
        branch: str,
        files: Edits,
        message: str = "Update files",
        author: Account | None = None,
        *,
        start: str | None = None,
    ) -> Commit:
        """Commit on a branch and push: a path mapped to None is deleted, text is UTF-8.

        A branch that is not there yet starts at `start` (a name of a commit; the default branch if None).
        """
        who = author or repo.owner
        tip = repo.branches.get(branch)
        parent = tip
        if tip is None and repo.branches:
            parent = self.resolve(repo, start or repo.default_branch).sha
        made = self._write(repo, parent, files, message, who)
        self.push(repo, branch, made.sha, who)
        return made

    @locked
    def push(self, repo: Repo, branch: str, sha: str, pusher: Account, *, force: bool = True) -> None:
        """Move a branch to a commit; tells `push`, and moves the head of every open pull request from it.

        Raises Refused 422 when the commit is unknown, or when without `force` it does not follow the present one.
        """
        if sha not in repo.objects.commits:
            raise Refused(422, "Object does not exist")
        before = repo.branches.get(branch)
        forced = before is not None and repo.objects.merge_base(before, sha) != before
        if forced and not force:
            raise Refused(422, "Update is not a fast forward")
        if before == sha:
            return
        repo.branches[branch] = sha
        repo.pushed_at = self.now()
        details = {"ref": f"refs/heads/{branch}", "before": before or ZERO, "after": sha, "forced": forced}
        self.tell(Event("push", None, pusher, repo, repo, details))
        self._pushed(repo, branch, before, sha, pusher)

    @locked
    def delete_branch(self, repo: Repo, branch: str, pusher: Account) -> None:
        """Delete a branch; tells `push`."""
        before = repo.branches.pop(branch, None)
        if before is None:
            raise Refused(422, "Reference does not exist")
        details = {"ref": f"refs/heads/{branch}", "before": before, "after": ZERO, "forced": False}
        self.tell(Event("push", None, pusher, repo, repo, details))

    def _pushed(self, repo: Repo, branch: str, before: str | None, after: str, pusher: Account) -> None:
        """React to a push; the pull requests and the check suites do."""

    @locked
    def fork(self, repo: Repo, owner: Account, name: str | None = None) -> Repo:
        """Fork a repository to another account; the objects are shared, as on GitHub."""
        now = self.now()
        copy = Repo(
            self.next_id(),
            owner,
            name or repo.name,
            repo.private,
            repo.default_branch,
            repo.description,
            now,
            now,
            repo.objects,
            parent=repo,
            branches=dict(repo.branches),
        )
        self.repos[copy.id] = copy
        return copy

    @locked
    def resolve(self, repo: Repo, name: str | None) -> Commit:
        """Find a commit by a branch, `refs/heads/x`, `refs/pull/N/head` or a (shortened) SHA; raises Refused 404."""
        name = repo.default_branch if name in (None, "", "HEAD") else name
        short = re.sub(r"^(refs/)?heads/", "", name)
        sha = repo.branches.get(name) or repo.branches.get(short)
        if sha is None and (pull := re.fullmatch(r"(?:refs/)?pull/(\d+)/(head|merge)", name)):
            found = repo.pulls.get(int(pull[1]))
            sha = None if found is None else found.head_sha
        if sha is None and re.fullmatch(r"[0-9a-f]{7,40}", name):
            sha = next((full for full in repo.objects.commits if full.startswith(name)), None)
        if sha is None:
            raise Refused(404, f"No commit found for the ref {name}")
        return repo.objects.commits[sha]

    @locked
    def pull(self, repo: Repo, number: int) -> Pull:
        """Find a pull request; raises Refused 404."""
        if number not in repo.pulls:
            raise not_found()
        return repo.pulls[number]

    @locked
    def open_issue(
        self, repo: Repo, title: str, author: Account, body: str | None = None, *, labels: tuple[str, ...] = ()
    ) -> Issue:
        """Open an issue."""
        repo.last_number += 1
        now = self.now()
        issue = Issue(self.next_id(), repo, repo.last_number, title, body, author, now, now, labels=labels)
        repo.issues[issue.number] = issue
        return issue

    @locked
    def read(self, repo: Repo, path: str, ref: str | None = None) -> bytes | None:
        """Read a file at a commit; None when there is none."""
        entry = repo.objects.files(self.resolve(repo, ref).sha).get(path)
        return None if entry is None else repo.objects.blobs.get(entry.sha)

    def _write(self, repo: Repo, parent: str | None, files: Edits, message: str, author: Account) -> Commit:
        entries: dict[str, Entry] = dict(repo.objects.files(parent))
        for path, content in files.items():
            if content is None:
                entries.pop(path, None)
            else:
                entries[path] = repo.objects.add_content(content.encode() if isinstance(content, str) else content)
        modules = {path: content.url for path, content in files.items() if isinstance(content, Submodule)}
        if modules:
            known = entries.get(MODULES)
            text = (repo.objects.blobs[known.sha] if known else b"") + _describe(modules)
            entries[MODULES] = repo.objects.add_content(text)
        return self._add_commit(repo, entries, (parent,) if parent else (), message, author)

    def _add_commit(
        self, repo: Repo, entries: Mapping[str, Entry], parents: tuple[str, ...], message: str, author: Account
    ) -> Commit:
        return repo.objects.add_commit(
            repo.objects.add_tree(entries),
            parents,
            message,
            name=author.name,
            email=f"{author.id}+{author.login}@users.noreply.example",
            login=author.login,
            when=self._commit_time(repo, parents),
        )

    def _commit_time(self, repo: Repo, parents: tuple[str, ...]) -> datetime:
        # never before its parents, so that a list sorted by time is a list sorted by descent
        return max([self.now(), *(repo.objects.commits[parent].when for parent in parents)])


def _describe(modules: Mapping[str, str]) -> bytes:
    return "".join(f'[submodule "{path}"]\n\tpath = {path}\n\turl = {url}\n' for path, url in modules.items()).encode()
