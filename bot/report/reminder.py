"""What do people read when a revalidation is due, or something happens to an adapter? What, by when, what to do, how to wait, and why they hear of it.

Days are counted from the day of writing, never from the rung: a weekend moves the sending and not the deadline.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.report.letter import Letter, Line, Paragraph, Part, Points

ESCALATES_AFTER = 7
"""Days after the deadline from which backup and leads are told, and an acknowledgement no longer helps (house)."""
WARNS_AFTER = 14
"""Days from which new proposals of the owner carry a warning (house)."""
ROLLS_BACK_AFTER = 30
"""Days from which rolling back is recommended (house)."""

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Links:
    """Where one can act: addresses of our own pages; None where there is none."""

    page: str | None = None
    acknowledge: str | None = None
    snooze: str | None = None
    reassign: str | None = None
    issue: str | None = None


@dataclass(frozen=True, slots=True)
class Matter:
    """What a reminder is about: an adapter in its open cycle, on the day of writing.

    `file` is the path of the revalidation that is asked for; `rollback` what the proposal names for the way back.
    Until are the last days on which something keeps reminders quiet.
    """

    adapter: str
    due_on: date
    today: date
    owner: str
    backup: str | None = None
    leads: tuple[str, ...] = ()
    file: str = ""
    rollback: str | None = None
    in_progress: bool = False
    acknowledged_until: date | None = None
    snoozed_until: date | None = None
    waived_until: date | None = None
    links: Links = Links()

    @property
    def late(self) -> int:
        """Days since the deadline; negative before it."""
        return (self.today - self.due_on).days


REOPENED = Letter(
    "Opened again",
    (
        Paragraph(
            "This issue was closed, and no evidence has passed yet, so it is open again, this once. Only a revalidation that "
            "passes ends it; so does retiring the adapter. If it is closed again it stays closed, and the reminders go on "
            "elsewhere."
        ),
    ),
)
"""What is said when an issue was closed without evidence."""

ROLES = ("owner", "backup", "lead", "managers", "several")
"""Whom a letter speaks to; `several` where all of them read the same text, as in an issue."""

_BECAUSE = {
    "owner": "You get this because you own `{adapter}`.",
    "backup": "You get this because you are the backup of `{adapter}`, which {owner} owns.",
    "lead": "You get this because you lead where `{adapter}` belongs, which {owner} owns.",
    "several": "You are named here because you own `{adapter}`, stand in for {owner}, or lead.",
    "managers": "You get this because `{adapter}`, which {owner} owns, has been overdue for two weeks.",
}


def rung(matter: Matter, role: str = "owner") -> Letter:
    """Write the reminder of whichever rung the day has come to; `role` is one of `ROLES`."""
    days = matter.late
    if days < 0:
        return _letter(matter, role, _before(matter), _ahead(matter), _asked(matter), _waiting(matter))
    if days == 0:
        subject = f"Today is the last day to revalidate {matter.adapter}"
        said = f"`{matter.adapter}` is due today, {day(matter.due_on)}. From tomorrow it counts as late."
        return _letter(matter, role, subject, Paragraph(said), _asked(matter), _waiting(matter))
    if days < ROLLS_BACK_AFTER:
        return _letter(
            matter,
            role,
            f"{matter.adapter} is overdue by {count(days)}",
            _late(matter),
            _asked(matter),
            _waiting(matter),
        )
    subject = f"Roll back {matter.adapter}, or revalidate it: overdue by {count(days)}"
    return _letter(matter, role, subject, _late(matter), _asked(matter), _back(matter))


def standing(matter: Matter) -> Letter:
    """Write how things stand now: the text at the head of the thread, kept up to date."""
    quiet = [
        Line(f"{words} until {day(until)}")
        for words, until in (
            ("Waived", matter.waived_until),
            ("Snoozed", matter.snoozed_until),
            ("Acknowledged", matter.acknowledged_until),
        )
        if until is not None and matter.today <= until
    ]
    state = [
        Line(f"Deadline: {day(matter.due_on)}{'; it has passed' if matter.late > 0 else ''}"),
        Line(f"Owner: {_person(matter.owner)}; backup: {_person(matter.backup) if matter.backup else 'nobody'}"),
        Line("Evidence: a pull request is open" if matter.in_progress else "Evidence: none yet"),
        *quiet,
    ]
    parts = (Points("How it stands", tuple(state)), _asked(matter), _commands(matter))
    because = (
        "This text is kept up to date without telling anybody; comments come at the few rungs that people should hear."
    )
    return Letter(f"Revalidate {matter.adapter} by {day(matter.due_on)}", parts, _actions(matter), because)


def settled(matter: Matter, how: str) -> Letter:
    """Write that a cycle has ended; `how` is a sentence."""
    subject = f"{matter.adapter} is settled"
    return Letter(
        subject, (Paragraph(how),), _actions(matter, page_alone=True), _BECAUSE["owner"].format(adapter=matter.adapter)
    )


def orphaned(matter: Matter, role: str = "lead") -> Letter:
    """Write that the owner has left; the leads act until there is another one."""
    said = (
        f"{_person(matter.owner)}, who owns `{matter.adapter}`, is no longer in the organisation. Until somebody else owns it, its "
        "leads answer for it. The policy asks for another owner within 14 days; the deadline of its revalidation, "
        f"{day(matter.due_on)}, stays."
    )
    steps = [
        Line("Ask who will own it, at best its backup" + (f", {_person(matter.backup)}." if matter.backup else "."))
    ]
    steps.append(
        Line(
            "Name them: `/tunegate reassign @login` on its issue, or a pull request that changes the proposal's `owner`."
        )
    )
    steps.append(Line("Nobody? Then roll it back and retire it: an adapter without an owner should not serve."))
    subject = f"{matter.adapter} has no owner any more"
    return _letter(matter, role, subject, Paragraph(said), Points("What to do", tuple(steps), True), waits=False)


def base_retiring(
    matter: Matter, model: str, retires_on: date, replacement: str | None = None, role: str = "owner"
) -> Letter:
    """Write that the base model's end is announced, or draws near, or has come."""
    left = (retires_on - matter.today).days
    if left < 0:
        subject = f"The base model of {matter.adapter} has ended"
        when = f"`{model}`, on which `{matter.adapter}` was tuned, ended on {day(retires_on)}. The adapter should serve no more."
    else:
        subject = (
            f"The base model of {matter.adapter} ends in {count(left)}"
            if left
            else f"The base model of {matter.adapter} ends today"
        )
        when = (
            f"`{model}`, on which `{matter.adapter}` was tuned, is served until {day(retires_on)}. "
            f"The adapter has to move or to end before; its deadline is therefore {day(matter.due_on)}."
        )
    to = f"`{replacement}`, which its provider names," if replacement else "another base model"
    steps = (
        Line("Try the prompt on today's best allowed model first: it may do without a tune by now."),
        Line(f"Else tune on {to} and bring its evidence in a pull request with a new proposal."),
        Line("Else roll back, and retire the adapter."),
    )
    return _letter(matter, role, subject, Paragraph(when), Points("What to do", steps, True))


def evidence_failed(matter: Matter, reasons: Sequence[str], role: str = "owner") -> Letter:
    """Write that a revalidation has failed; `reasons` are the findings' sentences."""
    said = (
        f"The evidence for `{matter.adapter}` was read, and it does not hold. By {day(matter.due_on)} one of three things is asked: "
        "evidence that passes, another version, or the way back."
    )
    found = Points("What was found", tuple(Line(reason) for reason in reasons[:3] or ("see the review",)))
    steps = (
        Line("If the prompted baseline is now good enough: retire the adapter. That is a good end."),
        Line(
            "If the adapter got worse: roll back"
            + (f" ({matter.rollback})" if matter.rollback else "")
            + ", or retrain."
        ),
        Line(_bring(matter)),
    )
    return _letter(
        matter,
        role,
        f"The revalidation of {matter.adapter} failed",
        Paragraph(said),
        found,
        Points("What to do", steps, True),
    )


def _before(matter: Matter) -> str:
    if -matter.late > 7:
        return f"Revalidate {matter.adapter} by {day(matter.due_on)}"
    return f"{count(-matter.late)} left to revalidate {matter.adapter}"


def _ahead(matter: Matter) -> Paragraph:
    open_ = (
        "A pull request with its evidence is open."
        if matter.in_progress
        else "No pull request with its evidence is open yet."
    )
    return Paragraph(
        f"`{matter.adapter}` is to be revalidated by {day(matter.due_on)}, in {count(-matter.late)}: does it still do better than a "
        f"prompt on today's best model? {open_}"
    )


def _late(matter: Matter) -> Paragraph:
    said = f"`{matter.adapter}` was to be revalidated by {day(matter.due_on)}, {count(matter.late)} ago, and no evidence has passed."
    if matter.late >= WARNS_AFTER:
        said += f" New proposals of {_person(matter.owner)} carry a warning until this is done."
    elif matter.late >= ESCALATES_AFTER:
        said += " Its backup and its leads are told from now on."
    return Paragraph(said)


def _asked(matter: Matter) -> Points:
    steps = (
        Line(
            "Run the registered eval on the version that serves, and the prompted baseline on today's best allowed model."
        ),
        Line(_bring(matter)),
        Line("If the prompt now does as well, or nobody needs the adapter: retire it in that pull request instead."),
    )
    return Points("What to do", steps, numbered=True)


def _bring(matter: Matter) -> str:
    where = f"in `{matter.file}`" if matter.file else "in a file under `revalidations/`"
    return f"Bring the results {where}, in a pull request: it is judged like a proposal, and what passes ends this."


def _waiting(matter: Matter) -> Points:
    lines = [
        Line("`/tunegate ack` on its issue says that you are at it: quiet for 14 days."),
        Line("`/tunegate snooze 7d REASON` puts it off: 14 days at most, twice."),
        Line("`/tunegate reassign @login` hands it over."),
    ]
    if matter.late >= ESCALATES_AFTER:
        lines = [Line("Only a lead can waive it, for 30 days at most and with a reason.")]
    return Points("If it has to wait", tuple(lines))


def _commands(matter: Matter) -> Points:
    lines = (
        Line("`/tunegate ack`: I am at it. Quiet for 14 days, until a week after the deadline."),
        Line("`/tunegate snooze 7d REASON`: put it off, 14 days at most, twice."),
        Line("`/tunegate reassign @login`: hand it over."),
        Line("`/tunegate revalidated`: read the evidence again now."),
    )
    return Points("In a comment", lines)


def _back(matter: Matter) -> Points:
    to = f"The way back: {matter.rollback}." if matter.rollback else "The proposal's `owner.rollback` says how."
    lines = (
        Line(f"Roll back to what served before. {to}"),
        Line("Or have a lead waive it, for 30 days at most and with a reason."),
    )
    return Points("Otherwise", lines)


def _letter(matter: Matter, role: str, subject: str, *parts: Part, waits: bool = True) -> Letter:
    because = _BECAUSE[role].format(adapter=matter.adapter, owner=_person(matter.owner))
    return Letter(subject, parts, _actions(matter, waits=waits), because)


def _actions(matter: Matter, *, waits: bool = True, page_alone: bool = False) -> tuple[Line, ...]:
    links, open_ = matter.links, matter.late < ESCALATES_AFTER and waits and not page_alone
    wanted = (
        ("I am at it", links.acknowledge if open_ else None),
        ("Snooze", links.snooze if open_ else None),
        ("Hand over", None if page_alone else links.reassign),
        ("The issue", links.issue),
        ("The adapter", links.page),
    )
    return tuple(Line(label, url) for label, url in wanted if url is not None)


def _person(login: str) -> str:
    return f"`{login}`"


def distance(late: int) -> str:
    """Say how far a deadline lies, by the days since then."""
    if late == 0:
        return "due today"
    return f"overdue by {count(late)}" if late > 0 else f"due in {count(-late)}"


def count(days: int) -> str:
    """Count days in words."""
    return f"{days} day" if days == 1 else f"{days} days"


def day(when: date) -> str:
    """Write a date so that nobody takes the month for the day: 2 March 2027."""
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"
