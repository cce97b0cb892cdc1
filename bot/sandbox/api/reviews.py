"""How is a pull request reviewed through the API, and what was said at its lines?"""

from typing import Literal

from bot.sandbox.api.access import in_repo, reading, writing
from bot.sandbox.api.call import Answer, Call, created, done, found, ok
from bot.sandbox.api.callers import AsUser, author
from bot.sandbox.api.fields import Fields
from bot.sandbox.api.pulls import pull_of
from bot.sandbox.model import Place, Repo, Review, ReviewComment
from bot.sandbox.representations import conversation as described
from bot.sandbox.state import Refused, invalid

_EVENTS: tuple[Literal["COMMENT", "APPROVE", "REQUEST_CHANGES"], ...] = ("COMMENT", "APPROVE", "REQUEST_CHANGES")
_SIDES: tuple[Literal["LEFT", "RIGHT"], ...] = ("LEFT", "RIGHT")


def _list(call: Call, repo: Repo) -> Answer:
    return call.listed(pull_of(call, repo).reviews, lambda each: described.review(call.world, each))


def _create(call: Call, repo: Repo) -> Answer:
    pull, body = pull_of(call, repo), call.body
    if "event" not in body:
        raise body.refused("This GitHub keeps no pending reviews: give an event.")
    comments = [(_place(each), each.text("body")) for each in body.objects("comments")]
    review = call.world.review(
        pull,
        author(call.caller)[0],
        body.one_of("event", _EVENTS),
        body.text_or_none("body") or "",
        comments,
        commit_id=body.text_or_none("commit_id"),
    )
    return ok(described.review(call.world, review))


def _place(said: Fields) -> Place:
    """Read where a comment is to stand; `position` is the older way."""
    path, line, position = said.text("path"), said.number_or_none("line"), said.number_or_none("position")
    if said.text_or_none("subject_type") == "file":
        return Place(path)
    if line is None and position is None:
        raise Refused(422, "Unprocessable Entity", "Line could not be resolved")
    side = said.one_of_or_none("side", _SIDES) or "RIGHT"
    start_side = said.one_of_or_none("start_side", _SIDES)
    return Place(path, line, side, said.number_or_none("start_line"), start_side, position if line is None else None)


def _review_of(call: Call, repo: Repo) -> Review:
    wanted = call.number("review_id")
    return found(pull_of(call, repo).reviews, lambda each: each.id == wanted)


def _get(call: Call, repo: Repo) -> Answer:
    return ok(described.review(call.world, _review_of(call, repo)))


def _comments_of_review(call: Call, repo: Repo) -> Answer:
    review = _review_of(call, repo)
    own = [each for each in call.world.review_comments(review.pull) if each.review is review]
    return call.listed(own, lambda each: described.review_comment(call.world, each))


def _comments(call: Call, repo: Repo) -> Answer:
    said = call.world.review_comments(pull_of(call, repo))
    return call.listed(said, lambda each: described.review_comment(call.world, each))


def _comment(call: Call, repo: Repo) -> Answer:
    pull, body, who = pull_of(call, repo), call.body, author(call.caller)[0]
    answered = body.number_or_none("in_reply_to")
    if answered is not None:
        to = found(call.world.review_comments(pull), lambda each: each.id == answered)
        return created(described.review_comment(call.world, call.world.reply(to, who, body.text("body"))))
    if body.text("commit_id") not in {each.sha for each in call.world.pull_commits(pull)}:
        raise invalid("PullRequestReviewComment", "commit_id", "custom", "commit_id is not part of the pull request")
    try:
        said = call.world.comment_on_line(pull, who, _place(body), body.text("body"))
    except Refused as refused:  # here the errors are objects, in a review texts (docs: the two schemas of 422)
        for reason in refused.errors:
            if isinstance(reason, str):
                field = "pull_request_review_thread.line"
                raise invalid("PullRequestReviewComment", field, "custom", reason) from refused
        raise
    return created(described.review_comment(call.world, said))


def _reply(call: Call, repo: Repo) -> Answer:
    wanted = call.number("comment_id")
    to = found(call.world.review_comments(pull_of(call, repo)), lambda each: each.id == wanted)
    answer = call.world.reply(to, author(call.caller)[0], call.body.text("body"))
    return created(described.review_comment(call.world, answer))


def _comment_of(call: Call, repo: Repo) -> ReviewComment:
    wanted = call.number("comment_id")
    return found(repo.review_comments.values(), lambda each: each.id == wanted)


def _get_comment(call: Call, repo: Repo) -> Answer:
    return ok(described.review_comment(call.world, _comment_of(call, repo)))


def _own_or_writer(call: Call, repo: Repo) -> ReviewComment:
    said, who = _comment_of(call, repo), author(call.caller)[0]
    if isinstance(call.caller, AsUser) and said.author is not who and not call.world.may(repo, who, "write"):
        raise Refused(403, "Must have push access to change somebody else's comment.")
    return said


def _edit_comment(call: Call, repo: Repo) -> Answer:
    said = _own_or_writer(call, repo)
    call.world.edit_review_comment(said, call.body.text("body"))
    return ok(described.review_comment(call.world, said))


def _delete_comment(call: Call, repo: Repo) -> Answer:
    call.world.delete_review_comment(_own_or_writer(call, repo))
    return done()


_WRITING = writing("pull_requests", user="read")
_ONE = "/pulls/{pull_number:int}"

ENDPOINTS = (
    in_repo("GET", f"{_ONE}/reviews", _list, reading("pull_requests")),
    in_repo("POST", f"{_ONE}/reviews", _create, _WRITING),
    in_repo("GET", f"{_ONE}/reviews/{{review_id:int}}", _get, reading("pull_requests")),
    in_repo("GET", f"{_ONE}/reviews/{{review_id:int}}/comments", _comments_of_review, reading("pull_requests")),
    in_repo("GET", f"{_ONE}/comments", _comments, reading("pull_requests")),
    in_repo("POST", f"{_ONE}/comments", _comment, _WRITING),
    in_repo("POST", f"{_ONE}/comments/{{comment_id:int}}/replies", _reply, _WRITING),
    in_repo("GET", "/pulls/comments/{comment_id:int}", _get_comment, reading("pull_requests")),
    in_repo("PATCH", "/pulls/comments/{comment_id:int}", _edit_comment, _WRITING),
    in_repo("DELETE", "/pulls/comments/{comment_id:int}", _delete_comment, _WRITING),
)
