"""`tunegate notify list | test CHANNEL`: the channels by which people are told, and a real message by one of them."""

import argparse
import re
import sys
from collections.abc import Mapping
from uuid import uuid4

from bot import ports
from bot.cli import CHANNELS, EXIT_USAGE
from bot.clock import SystemClock
from bot.report.letter import Letter, Line, Paragraph, Points
from bot.settings import BadSettings, Settings, channels, read

EXIT_NOT_DELIVERED = 1


class _NotToBeHad(Exception):
    """What is needed is not set up; the message says what to do."""


def run(chosen: argparse.Namespace) -> int:
    """Do as chosen; return 0, 1 when the message was not delivered, 2 when the channel is not set up."""
    try:
        return _list() if chosen.action == "list" else _test(chosen.channel, chosen.to)
    except (BadSettings, _NotToBeHad) as error:
        print(f"tunegate notify: {error}", file=sys.stderr)
        return EXIT_USAGE


def _list() -> int:
    there = channels()
    people = there.people if there is not None else {}
    for name in CHANNELS:
        if name == "issue":
            print("issue     " + ("closed in the channels file" if there and not there.issues else "open"))
            continue
        is_open = getattr(there, name, None) is not None
        reached = sum(getattr(one, name, None) is not None for one in people.values())
        counted = f"open; {reached} of {len(people)} people and teams have an address"
        print(f"{name:<10}" + ("not set up" if not is_open else counted if name in ("email", "slack") else "open"))
    return 0


def _test(channel: str, to: str | None) -> int:
    from bot.wiring.databases import CannotStart  # what opens a channel is loaded only where one is tried

    try:
        notifier, address = _issues(to) if channel == "issue" else _other(channel, to)
    except (CannotStart, ports.ForgeTrouble) as error:
        raise _NotToBeHad(str(error)) from error
    name = uuid4().hex[:8]
    message = ports.Message(f"test\n{name}", f"test\n{name}", address, letter(channel, name), done=channel == "issue")
    where = "" if address == channel else f" to {to if channel == 'issue' else address}"
    try:
        if channel == "issue":  # one that is settled comes to no issue: first it is opened
            notifier.send(ports.Message(message.key, message.thread, address, message.letter))
            message = ports.Message(
                f"{message.key}\nend", message.thread, address, message.letter, aloud=False, done=True
            )
        receipt = notifier.send(message)
    except ports.NotDelivered as trouble:
        print(f"tunegate notify: the message{where} was not delivered by {channel}.", file=sys.stderr)
        again = "Sending it again would not help." if trouble.lasting else "A reminder would be sent again later."
        print(f"  {trouble.reason} {again}", file=sys.stderr)
        return EXIT_NOT_DELIVERED
    arrived = {
        "issue": f"opened and closed again as issue {receipt.reference}",
        "email": f"taken by the mail server as {receipt.reference}; look into the mailbox, and into its spam",
        "webhook": f"taken as {receipt.reference}",
    }
    print(
        f"{channel}: the message{where} was {arrived.get(channel, f'taken as {receipt.reference}')}. It is test {name}."
    )
    return 0


def _issues(to: str | None) -> tuple[ports.Notifier, str]:
    """Open the channel of issues, and find the repository; raises BadSettings, CannotStart, ForgeTrouble, _NotToBeHad."""
    from bot.wiring.service import notifiers, place_of

    if to is None or not re.fullmatch(r"[A-Za-z0-9._-]{1,100}/[A-Za-z0-9._-]{1,100}", to):
        raise _NotToBeHad("--to names no repository: write --to OWNER/NAME, where an issue is opened and closed again.")
    settings: Settings = read()
    found: Mapping[str, ports.Notifier] = notifiers(settings)
    if "issue" not in found:
        raise _NotToBeHad("issues are closed: take `issues: false` out of the channels file.")
    return found["issue"], place_of(settings, to)


def _other(channel: str, to: str | None) -> tuple[ports.Notifier, str]:
    """Open a channel of the channels file, and find the address; raises BadSettings, _NotToBeHad."""
    from bot.wiring.notify import CannotOpen, open_channels

    there = channels()
    if there is None:
        raise _NotToBeHad("TUNEGATE_CHANNELS is not set: name a channels file, as docs/notifications.md shows it.")
    try:
        found = open_channels(there, SystemClock()).get(channel)
    except CannotOpen as error:
        raise _NotToBeHad(str(error)) from error
    if found is None:
        raise _NotToBeHad(
            f"{channel} is not set up: add `{channel}` to the channels file, as docs/notifications.md shows."
        )
    if channel in ("webhook", "apprise"):
        return found, channel
    address = found.address(to) if to is not None else None
    if address is None and to is not None and ("@" in to or channel == "slack"):
        address = to
    if address is None and to is None and channel == "slack" and there.slack is not None:
        address = "webhook" if there.slack.webhook is not None else there.slack.channel
    if address is None:
        who = f"`{to}` has no address there: add them to `people`, or write" if to else "--to is lacking: write"
        raise _NotToBeHad(f"{who} --to with a login of the channels file, or an address of {channel}.")
    return found, address


def letter(channel: str, name: str) -> Letter:
    """Write the message of a test."""
    said = "Somebody who runs Tunegate tries whether messages arrive here. They do. Nothing is to be done."
    parts = (
        Paragraph(said),
        Points("What a reminder holds", (Line("What, by when, and what to do."), Line("How to put it off."))),
    )
    return Letter(f"A test of Tunegate ({name})", parts, (), f"Sent by `tunegate notify test {channel}`.")
