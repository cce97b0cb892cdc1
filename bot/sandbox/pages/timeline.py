"""What happened on a pull request, in order? Commits, comments, reviews with their threads, and the end."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.sandbox.diffs import PatchLine, read_patch
from bot.sandbox.git_objects import Commit
from bot.sandbox.model import Comment, Pull, Review, ReviewComment
from bot.sandbox.world import World

_HUNK_TAIL = 4  # lines of a diff hunk above a comment


@dataclass(frozen=True, slots=True)
class Thread:
    """A comment on a line and the answers to it."""

    comments: tuple[ReviewComment, ...]

    @property
    def first(self) -> ReviewComment:
        """The comment that opened the thread: its place is the thread's."""
        return self.comments[0]

    @property
    def hunk(self) -> list[PatchLine]:
        """The last lines of the diff, down to the line that is spoken of."""
        place = self.first.place
        spoken_of = 0 if place.line is None or place.start_line is None else place.line - place.start_line
        lines = [line for line in read_patch(place.hunk) if line.mark != "@"] if place.hunk else []
        return lines[-max(_HUNK_TAIL, min(spoken_of + 1, 20)) :]


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry of the conversation; `who` is None where the sandbox does not remember."""

    kind: Literal["commit", "comment", "review", "merged", "closed"]
    when: datetime
    subject: Commit | Comment | Review | Pull
    threads: tuple[Thread, ...] = ()


def threads_of(comments: Iterable[ReviewComment]) -> list[Thread]:
    """Put answers to the comments that they answer, oldest first."""
    found: dict[int, list[ReviewComment]] = {}
    for comment in comments:
        found.setdefault(comment.in_reply_to or comment.id, []).append(comment)
    return [Thread(tuple(each)) for each in found.values()]


def timeline(world: World, pull: Pull) -> list[Moment]:
    """List what happened, oldest first; within one second commits come first."""
    opened = pull.issue.created_at
    threads = threads_of(world.review_comments(pull))
    # what was committed before the pull request was opened is told after its description
    moments = [Moment("commit", max(each.when, opened), each) for each in world.pull_commits(pull)]
    moments += [Moment("comment", each.created_at, each) for each in world.comments(pull)]
    for review in pull.reviews:
        own = tuple(thread for thread in threads if thread.first.review is review)
        if own or review.body or review.state != "COMMENTED":  # an answer alone stands in its thread
            moments.append(Moment("review", review.submitted_at or opened, review, own))
    if pull.merged_at:
        moments.append(Moment("merged", pull.merged_at, pull))
    elif pull.issue.closed_at:
        moments.append(Moment("closed", pull.issue.closed_at, pull))
    return sorted(moments, key=lambda moment: moment.when)
