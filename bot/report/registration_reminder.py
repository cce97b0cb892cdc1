"""What do people read while an approved adapter is not registered yet, or does not serve yet? The approval ends when nothing comes of it."""

from bot.report.letter import Letter, Line, Paragraph, Points
from bot.report.reminder import Matter, count, day, distance

_BECAUSE = "You are named here because you own `{adapter}`, stand in for `{owner}`, or lead."


def awaited(matter: Matter, *, registered: bool, data_pending: bool = False) -> Letter:
    """Write that something is still to come after the approval; `registered`: the artifact is there and does not serve yet."""
    what = "serves" if registered else "is registered"
    late = matter.late
    if late > 0:
        subject = f"The approval of {matter.adapter} has ended"
        said = (
            f"`{matter.adapter}` was approved, and nothing of it {what} {count(late)} after the last day, {day(matter.due_on)}. "
            "Propose it anew if it is still wanted; else nothing is to be done."
        )
        return _letter(matter, subject, Paragraph(said))
    subject = f"{'Serve' if registered else 'Register'} {matter.adapter} by {day(matter.due_on)}, or its approval ends"
    said = (
        f"`{matter.adapter}` is approved and {'registered, and does not serve' if registered else 'not registered'} yet; "
        f"the last day for it is {day(matter.due_on)}, {distance(late)}."
    )
    first = "Bring the data that the curation plan promised, and have it judged: before that nothing can be registered."
    steps = [
        *([Line(first)] if data_pending else []),
        *([] if registered else [Line("Register what was trained: its digest, with an eval of its own that passes.")]),
        Line("Say when it serves: from that day its revalidations count."),
        Line("Not wanted any more? Retire it."),
    ]
    return _letter(matter, subject, Paragraph(said), Points("What to do", tuple(steps), numbered=True))


def _letter(matter: Matter, subject: str, *parts: Paragraph | Points) -> Letter:
    links = (("The issue", matter.links.issue), ("The adapter", matter.links.page))
    actions = tuple(Line(label, url) for label, url in links if url is not None)
    return Letter(subject, parts, actions, _BECAUSE.format(adapter=matter.adapter, owner=matter.owner))
