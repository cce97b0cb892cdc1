"""How does a pull request live? Opened, pushed to, edited, reviewed elsewhere, merged or closed."""

from typing import Literal

from bot.sandbox.diffs import Change, compare, settle
from bot.sandbox.git_objects import Commit, Entry
from bot.sandbox.model import Account, Event, Issue, Pull, Repo, ReviewComment
from bot.sandbox.repositories import Repositories
from bot.sandbox.state import Refused, invalid, locked

MOST_FILES = 3000  # of one pull request (docs: list pull request files)


class Pulls(Repositories):
    """Pull requests."""

    @locked
    def open_pull(
        self,
        repo: Repo,
        title: str,
        head: str,
        author: Account,
        *,
        base: str | None = None,
        body: str | None = None,
        draft: bool = False,
        head_repo: Repo | None = None,
    ) -> Pull:
        """Open a pull request from branch `head` (of `head_repo`, if it is a fork); raises Refused 422."""
        source = head_repo or repo
        base = base or repo.default_branch
        if base not in repo.branches:
            raise invalid("PullRequest", "base")
        if head not in source.branches:
            raise invalid("PullRequest", "head")
        if any(self._is_from(pull, source, head) and pull.base_ref == base for pull in repo.pulls.values()):
            owner = source.owner.login
            message = f"A pull request already exists for {owner}:{head}."
            raise Refused(422, "Validation Failed", {"resource": "PullRequest", "code": "custom", "message": message})
        if not repo.objects.between(repo.branches[base], source.branches[head]):
            message = f"No commits between {base} and {head}"
            raise Refused(422, "Validation Failed", {"resource": "PullRequest", "code": "custom", "message": message})
        issue = self.open_issue(repo, title, author, body)
        pull = Pull(self.next_id(), issue, base, repo.branches[base], source, head, source.branches[head], draft)
        repo.pulls[issue.number] = pull
        self._tell_pull(pull, "opened", author)
        return pull

    def _is_from(self, pull: Pull, source: Repo, branch: str) -> bool:
        return pull.issue.state == "open" and pull.head_repo is source and pull.head_ref == branch

    def _tell_pull(self, pull: Pull, action: str, sender: Account, **details: object) -> None:
        self.tell(Event("pull_request", action, sender, pull, pull.repo, details))

    def _pushed(self, repo: Repo, branch: str, before: str | None, after: str, pusher: Account) -> None:
        super()._pushed(repo, branch, before, after, pusher)
        for base in list(self.repos.values()):
            for pull in base.pulls.values():
                if self._is_from(pull, repo, branch):
                    was, pull.head_sha = pull.head_sha, after
                    pull.base_sha = base.branches.get(pull.base_ref, pull.base_sha)
                    pull.issue.updated_at = self.now()
                    self._forget_lines(pull)
                    self._tell_pull(pull, "synchronize", pusher, before=was, after=after)

    def _forget_lines(self, pull: Pull) -> None:
        patches = {change.path: change.patch for change in self.changed_files(pull)}
        for comment in self.review_comments(pull):
            patch = patches.get(comment.place.path)
            place = settle(patch, comment.place) if patch else None
            if place is None or place.hunk.split("\n")[-1] != comment.place.hunk.split("\n")[-1]:
                comment.outdated = not comment.place.on_file or comment.place.path not in patches
            elif not comment.outdated:
                comment.place, comment.commit_id = place, pull.head_sha

    @locked
    def review_comments(self, pull: Pull) -> list[ReviewComment]:
        """List the comments on lines of a pull request, oldest first."""
        return [comment for comment in pull.repo.review_comments.values() if comment.pull is pull]

    @locked
    def changed_files(self, pull: Pull) -> list[Change]:
        """List what a pull request changes against the point where it left its base; 3,000 files at most."""
        objects = pull.repo.objects
        base = objects.merge_base(pull.base_sha if pull.merged_at else self._base_tip(pull), pull.head_sha)
        return list(compare(objects, base, pull.head_sha)[:MOST_FILES])

    def _base_tip(self, pull: Pull) -> str:
        return pull.repo.branches.get(pull.base_ref, pull.base_sha)

    @locked
    def pull_commits(self, pull: Pull) -> list[Commit]:
        """List the commits of a pull request, oldest first."""
        base = pull.base_sha if pull.merged_at else self._base_tip(pull)
        return pull.repo.objects.between(base, pull.head_sha)

    @locked
    def edit_pull(
        self,
        pull: Pull,
        sender: Account,
        *,
        title: str | None = None,
        body: str | None = None,
        base: str | None = None,
        state: Literal["open", "closed"] | None = None,
    ) -> None:
        """Change a pull request; tells `edited`, `closed` or `reopened`. Raises Refused 422."""
        was: dict[str, object] = {}
        if title is not None and title != pull.issue.title:
            was["title"], pull.issue.title = {"from": pull.issue.title}, title
        if body is not None and body != pull.issue.body:
            was["body"], pull.issue.body = {"from": pull.issue.body or ""}, body
        if base is not None and base != pull.base_ref:
            if base not in pull.repo.branches:
                raise invalid("PullRequest", "base")
            was["base"] = {"ref": {"from": pull.base_ref}, "sha": {"from": pull.base_sha}}
            pull.base_ref, pull.base_sha = base, pull.repo.branches[base]
        if was:
            pull.issue.updated_at = self.now()
            self._tell_pull(pull, "edited", sender, changes=was)
        if state == "closed" and pull.issue.state == "open":
            self.close(pull, sender)
        elif state == "open" and pull.issue.state == "closed":
            self.reopen(pull, sender)

    @locked
    def close(self, pull: Pull, sender: Account) -> None:
        """Close a pull request without merging it."""
        self.set_issue_state(pull.issue, "closed")
        self._tell_pull(pull, "closed", sender)

    @locked
    def reopen(self, pull: Pull, sender: Account) -> None:
        """Open a closed pull request again; its head is then its branch's tip. Raises Refused 422 if merged or gone."""
        if pull.merged_at or pull.head_ref not in pull.head_repo.branches:
            raise Refused(422, "Validation Failed", {"resource": "PullRequest", "field": "state", "code": "invalid"})
        self.set_issue_state(pull.issue, "open")
        pull.head_sha = pull.head_repo.branches[pull.head_ref]
        self._forget_lines(pull)
        self._tell_pull(pull, "reopened", sender)

    @locked
    def ready_for_review(self, pull: Pull, sender: Account) -> None:
        """Turn a draft into a pull request proper."""
        if pull.draft:
            pull.draft = False
            self._tell_pull(pull, "ready_for_review", sender)

    @locked
    def set_issue_state(self, issue: Issue, state: Literal["open", "closed"]) -> None:
        """Open or close an issue."""
        issue.state = state
        issue.updated_at = self.now()
        issue.closed_at = issue.updated_at if state == "closed" else None

    @locked
    def mergeable(self, pull: Pull) -> bool:
        """Say whether no file was changed on both sides in different ways."""
        return self._merged_files(pull) is not None

    def _merged_files(self, pull: Pull) -> dict[str, Entry] | None:
        objects = pull.repo.objects
        ours_sha = self._base_tip(pull)
        base = objects.files(objects.merge_base(ours_sha, pull.head_sha))
        ours, theirs = objects.files(ours_sha), objects.files(pull.head_sha)
        merged: dict[str, Entry] = {}
        for path in {*ours, *theirs}:
            was, left, right = base.get(path), ours.get(path), theirs.get(path)
            if left != right and was not in (left, right):
                return None
            kept = right if left == was else left
            if kept is not None:
                merged[path] = kept
        return merged

    @locked
    def blocked_by(self, pull: Pull) -> str | None:
        """Say in GitHub's words which rule of the repository forbids the merge; None if none does."""
        return None

    @locked
    def merge(
        self,
        pull: Pull,
        sender: Account,
        *,
        method: Literal["merge", "squash", "rebase"] = "merge",
        sha: str | None = None,
        title: str | None = None,
        message: str | None = None,
    ) -> str:
        """Merge a pull request; return the new tip of its base. Raises Refused 405 or 409, as GitHub does."""
        if pull.issue.state == "closed" or pull.draft:
            raise Refused(405, "Pull Request is not mergeable")
        if sha is not None and sha != pull.head_sha:
            raise Refused(409, "Head branch was modified. Review and try the merge again.")
        if blocked := self.blocked_by(pull):
            raise Refused(405, blocked)
        files = self._merged_files(pull)
        if files is None:
            raise Refused(405, "Pull Request is not mergeable")
        tip = self._base_tip(pull)
        parents = (tip, pull.head_sha) if method == "merge" else (tip,)
        source = f"{pull.head_repo.owner.login}/{pull.head_ref}"
        headline = f"Merge pull request #{pull.number} from {source}"
        if method != "merge":
            headline = f"{pull.issue.title} (#{pull.number})"
        text = f"{title or headline}\n\n{message if message is not None else pull.issue.title}"
        made = self._add_commit(pull.repo, files, parents, text, sender)
        pull.base_sha = tip
        pull.merged_at, pull.merged_by, pull.merge_sha = self.now(), sender, made.sha
        self.set_issue_state(pull.issue, "closed")
        self._tell_pull(pull, "closed", sender)
        self.push(pull.repo, pull.base_ref, made.sha, sender)
        return made.sha
