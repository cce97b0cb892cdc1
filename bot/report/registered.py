"""What does a pull request hear when it was merged? That its adapter is kept from now on, or why it is not, and what to do."""

from datetime import date

from bot.report.markdown import Markdown, code, text


def registered(adapter: str, owner: str, due_on: date, every: str, waits_for: tuple[str, ...]) -> Markdown:
    """Say that an adapter is approved and kept, until when its artifact is awaited, and what holds it up."""
    lines = [
        f"{code(adapter)} is approved and kept from now on; {code(owner)} owns it.",
        f"- By {due_on}: register the trained artifact with its own eval, and say since when it serves. Else the approval expires.",
        f"- From the day that it serves it is revalidated every {code(every)}, and its owner is reminded in time.",
    ]
    if waits_for:
        waits = "; ".join(text(one) for one in waits_for)
        lines.insert(1, f"- Nothing is registered before its data is approved itself: {waits}.")
    return Markdown("\n".join(lines))


def not_registered(adapter: str, why: str, fix: str) -> Markdown:
    """Say why a merged adapter is not kept, and what to do."""
    return Markdown(f"{code(adapter)} was merged and is not registered: {text(why)} {text(fix)}")
