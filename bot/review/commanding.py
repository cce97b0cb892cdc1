"""What do people ask for on a pull request, and may they? Commands are carried out once each, before the review that follows.

Who gave a command, and whether its comment still stands as it was written, is asked when it is carried out: a webhook is a hint.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot import ports
from bot.readiness.check import Check
from bot.readiness.command import APPROVE, OWN, WAIVE, Command, commands
from bot.report import explained
from bot.report.markdown import Markdown
from bot.review.waiving import Asking, Waiving

PER_HOUR = 20  # house: commands of one account on one pull request; whoever sends more is a loop
_RECHECK_EVERY = timedelta(minutes=1)  # house
_BUTTON = "button:"
_BUTTON_WAIVE = f"{_BUTTON}{WAIVE}:"


@dataclass(frozen=True, slots=True)
class Commander:
    """The use case `commands`: what waits on one pull request."""

    given: ports.CommandsGiven
    ledger: ports.Ledger
    forges: ports.Forges
    checks: Sequence[Check]
    forget: Callable[[int, int], None]  # what was written about a pull request, so that its review writes it anew
    clock: ports.Clock
    waiving: Waiving

    def carry_out(self, request: ports.ReviewRequested, guard: Callable[[], None]) -> None:
        """Carry out what waits; raises ForgeTrouble, Superseded. What was in trouble still waits, and holds no other up."""
        waiting = self.given.waiting(request.repo_id, request.number)
        if not waiting:
            return
        forge = self.forges(request, guard)
        pull = forge.pull_request()
        trouble: ports.ForgeTrouble | None = None
        for one in waiting:
            try:
                note: str | None = "the pull request is not open"
                if pull is not None and pull.state == "open":
                    note = self._one(one, pull, forge)
            except ports.ForgeTrouble as why:
                trouble = trouble or why
            else:
                self.given.settle(one.reference, "done" if note is None else "refused", note)
        if trouble is not None:
            raise trouble

    def _one(self, given: ports.CommandGiven, pull: ports.PullRequest, forge: ports.Forge) -> str | None:
        """Carry out one; returns why it is refused."""
        talk = forge.conversation()
        if given.reference.startswith(_BUTTON):
            if self._too_many(given, pull):
                return "too many commands in an hour"
            if not self._may(given.author, given.author_id, pull, talk):
                return "its sender may not"
            if given.reference.startswith(_BUTTON_WAIVE):
                talk.reply(given.reference, self.waiving.lines(self._asking(given, pull, forge)))
                return None
            latest = self.ledger.latest(pull.repo_id, pull.number)
            talk.reply(given.reference, explained.what_fails(self.checks, latest.verdict if latest else None))
            return None
        comment_id = int(given.reference.partition(":")[2])
        said = talk.comment(comment_id)
        if said is None or said.author_id != given.author_id:
            return "the comment is gone"
        if said.edited:
            return "the comment was edited"
        asked = commands(said.body)
        if all(command == Command(OWN) for command in asked):  # the review itself hears it, whoever says so
            talk.react(comment_id, "eyes")
            return None
        many = self._too_many(given, pull)
        may = not many and self._may(said.author, said.author_id, pull, talk)
        asking = self._asking(given, pull, forge, said)
        if not many and not may and all(command.name == APPROVE for command in asked):
            may = self.waiving.may_approve(asking)  # whoever answers for security may not write everywhere
        if not may:
            talk.react(comment_id, "confused")
            return "too many commands in an hour" if many else "its author may not"
        talk.react(comment_id, "eyes")
        answers = [self._answer(command, given, asking) for command in asked]
        if replies := [text for text, _ in answers if text]:
            talk.reply(given.reference, "\n\n".join(replies))
        talk.react(comment_id, "+1" if all(understood for _, understood in answers) else "confused")
        return None

    def _too_many(self, given: ports.CommandGiven, pull: ports.PullRequest) -> bool:
        hour_ago = self.clock.now() - timedelta(hours=1)
        return self.given.given_since(pull.repo_id, pull.number, given.author_id, hour_ago) > PER_HOUR

    def _may(self, login: str, number: int, pull: ports.PullRequest, talk: ports.Conversation) -> bool:
        return number == pull.author_id or talk.may_write(login, number)

    def _asking(
        self,
        given: ports.CommandGiven,
        pull: ports.PullRequest,
        forge: ports.Forge,
        said: ports.Said | None = None,
    ) -> Asking:
        return Asking(
            said.author if said else given.author,
            given.author_id,
            given.reference,
            pull,
            forge,
            lambda: forge.conversation().may_write(said.author if said else given.author, given.author_id),
        )

    def _answer(self, command: Command, given: ports.CommandGiven, asking: Asking) -> tuple[Markdown | None, bool]:
        """Do what a command asks; returns what there is to say, and whether it was understood."""
        pull = asking.pull
        match command.name:
            case "own" if not command.words:
                return None, True
            case "help":
                return explained.HELP, True
            case "explain":
                latest = self.ledger.latest(pull.repo_id, pull.number)
                return explained.explained(command.words, self.checks, latest.verdict if latest else None), True
            case "waive":
                return self.waiving.waive(asking, command.words)
            case "approve":
                return self.waiving.approve(asking, command.words)
            case "unwaive":
                return self.waiving.unwaive(asking, command.words)
            case "recheck" if not command.words:
                latest = self.ledger.latest(pull.repo_id, pull.number)
                if latest and given.given_at and latest.created_at > given.given_at:
                    return None, True  # that is the review asked for: what went wrong then was our reaction
                if latest and latest.answer_state == "given" and self.clock.now() - latest.created_at < _RECHECK_EVERY:
                    return explained.TOO_SOON, True
                self.forget(pull.repo_id, pull.number)
                return None, True
            case _:
                return explained.unknown(command.name), False
