"""What do people and Apps say on a pull request? Comments, reviews, and comments on lines of the diff."""

from collections.abc import Sequence
from typing import Literal

from bot.sandbox.diffs import settle
from bot.sandbox.model import Account, App, Comment, Event, Issue, Place, Pull, Reaction, Review, ReviewComment
from bot.sandbox.pulls import Pulls
from bot.sandbox.state import Refused, invalid, locked

LONGEST_BODY = 65_536  # characters of a comment or a review
OFF_THE_DIFF = "Pull request review thread line must be part of the diff"

ReviewEvent = Literal["COMMENT", "APPROVE", "REQUEST_CHANGES"]
_STATES: dict[str, Literal["COMMENTED", "APPROVED", "CHANGES_REQUESTED"]] = {
    "COMMENT": "COMMENTED",
    "APPROVE": "APPROVED",
    "REQUEST_CHANGES": "CHANGES_REQUESTED",
}


class Conversation(Pulls):
    """Comments and reviews."""

    @locked
    def comment(self, on: Pull | Issue, author: Account, body: str, *, app: App | None = None) -> Comment:
        """Comment on a pull request or an issue; raises Refused 422 when the text is empty or too long."""
        issue = on.issue if isinstance(on, Pull) else on
        _require_body("IssueComment", body)
        now = self.now()
        comment = Comment(self.next_id(), issue, author, body, now, now, app)
        issue.repo.comments[comment.id] = comment
        self.tell(Event("issue_comment", "created", author, comment, issue.repo))
        return comment

    @locked
    def edit_comment(self, comment: Comment, sender: Account, body: str) -> None:
        """Change a comment's text."""
        _require_body("IssueComment", body)
        was, comment.body, comment.updated_at = comment.body, body, self.now()
        details = {"changes": {"body": {"from": was}}}
        self.tell(Event("issue_comment", "edited", sender, comment, comment.issue.repo, details))

    @locked
    def delete_comment(self, comment: Comment, sender: Account) -> None:
        """Delete a comment."""
        del comment.issue.repo.comments[comment.id]
        self.tell(Event("issue_comment", "deleted", sender, comment, comment.issue.repo))

    @locked
    def react(self, comment: Comment, account: Account, content: str) -> tuple[Reaction, bool]:
        """Answer a comment by a reaction; says whether it is new. GitHub tells nobody of it."""
        for reaction in comment.reactions:
            if reaction.account is account and reaction.content == content:
                return reaction, False
        reaction = Reaction(self.next_id(), account, content, self.now())
        comment.reactions.append(reaction)
        return reaction, True

    @locked
    def comments(self, on: Pull | Issue) -> list[Comment]:
        """List the comments on a pull request or issue, oldest first."""
        issue = on.issue if isinstance(on, Pull) else on
        return [comment for comment in issue.repo.comments.values() if comment.issue is issue]

    @locked
    def review(
        self,
        pull: Pull,
        author: Account,
        event: ReviewEvent = "COMMENT",
        body: str = "",
        comments: Sequence[tuple[Place, str]] = (),
        *,
        commit_id: str | None = None,
    ) -> Review:
        """Review a pull request, with comments on lines; raises Refused 422, and then nothing is written.

        A COMMENT and a REQUEST_CHANGES need a body (docs: create a review); nobody approves their own work.
        """
        if event != "APPROVE" and not body:
            raise Refused(422, "Unprocessable Entity", f"Review body is required for {event}")
        if event != "COMMENT" and author is pull.issue.author:
            what = "approve" if event == "APPROVE" else "request changes on"
            raise Refused(422, "Unprocessable Entity", f"Can not {what} your own pull request")
        if any(len(text) > LONGEST_BODY for text in (body, *(text for _, text in comments))):
            raise Refused(422, "Unprocessable Entity", f"Body is too long (maximum is {LONGEST_BODY} characters)")
        if not all(text.strip() for _, text in comments):
            raise Refused(422, "Unprocessable Entity", "Body can't be blank")
        commit = commit_id or pull.head_sha
        if commit not in {each.sha for each in self.pull_commits(pull)}:
            raise Refused(422, "Unprocessable Entity", "commit_id is not part of the pull request")
        placed = [(self._settle(pull, place), text) for place, text in comments]
        now = self.now()
        review = Review(self.next_id(), pull, author, body, _STATES[event], commit, now)
        pull.reviews.append(review)
        for place, text in placed:
            self._add_review_comment(review, author, text, place)
        self.tell(Event("pull_request_review", "submitted", author, review, pull.repo))
        return review

    def _settle(self, pull: Pull, place: Place) -> Place:
        patch = {change.path: change.patch or "" for change in self.changed_files(pull)}.get(place.path)
        if patch is None:
            raise Refused(422, "Unprocessable Entity", "Path could not be resolved")
        settled = settle(patch, place)
        if settled is None:
            raise Refused(422, "Unprocessable Entity", OFF_THE_DIFF)
        return settled

    def _add_review_comment(
        self, review: Review, author: Account, body: str, place: Place, reply_to: int | None = None
    ) -> ReviewComment:
        now = self.now()
        sha = review.commit_id
        comment = ReviewComment(self.next_id(), review, author, body, place, sha, sha, now, now, reply_to)
        review.pull.repo.review_comments[comment.id] = comment
        return comment

    @locked
    def comment_on_line(self, pull: Pull, author: Account, place: Place, body: str) -> ReviewComment:
        """Comment on one line of the diff, outside a review of several; raises Refused 422."""
        settled = self._settle(pull, place)
        _require_body("PullRequestReviewComment", body)
        review = Review(self.next_id(), pull, author, "", "COMMENTED", pull.head_sha, self.now())
        comment = self._add_review_comment(review, author, body, settled)
        pull.reviews.append(review)
        return comment

    @locked
    def reply(self, to: ReviewComment, author: Account, body: str) -> ReviewComment:
        """Answer a comment on a line."""
        _require_body("PullRequestReviewComment", body)
        review = Review(self.next_id(), to.pull, author, "", "COMMENTED", to.pull.head_sha, self.now())
        answer = self._add_review_comment(review, author, body, to.place, to.in_reply_to or to.id)
        to.pull.reviews.append(review)
        return answer

    @locked
    def edit_review_comment(self, comment: ReviewComment, body: str) -> None:
        """Change the text of a comment on a line."""
        _require_body("PullRequestReviewComment", body)
        comment.body, comment.updated_at = body, self.now()

    @locked
    def delete_review_comment(self, comment: ReviewComment) -> None:
        """Delete a comment on a line."""
        del comment.pull.repo.review_comments[comment.id]


def _require_body(resource: str, body: str) -> None:
    if not body.strip():
        raise invalid(resource, "body", "missing_field")
    if len(body) > LONGEST_BODY:
        raise invalid(resource, "body", "custom", f"body is too long (maximum is {LONGEST_BODY} characters)")
