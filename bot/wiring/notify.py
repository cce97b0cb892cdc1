"""EDGE. Settings -> the channels by which people are told: those that the operator's file opens, and the forge's issues."""

from collections.abc import Mapping
from types import MappingProxyType

from bot import ports
from bot.notify.channels_file import Channels
from bot.notify.issue import IssueChannel
from bot.sources.stores.guard import Guard
from bot.sources.stores.posting import Posting

SECONDS = 20.0
"""For one post as a whole (house): well within the lease under which a message is sent."""


class CannotOpen(Exception):
    """A channel cannot be opened as it is set up; the message names the key of the channels file and what to do."""


def open_channels(
    channels: Channels | None, clock: ports.Clock, issues: ports.OpenIssues | None = None, seconds: float = SECONDS
) -> Mapping[str, ports.Notifier]:
    """Open the channels, by their names; raises CannotOpen. Without a channels file there are the forge's issues alone."""
    settings = channels or Channels()
    found: dict[str, ports.Notifier] = {}
    if settings.issues and issues is not None:
        found["issue"] = IssueChannel(issues)
    try:
        post = Posting(
            Guard(ca_file=str(settings.ca_file) if settings.ca_file else None, deadline=seconds), settings.named()
        )
        if settings.email is not None:
            from bot.notify.email import EmailChannel

            found["email"] = EmailChannel(settings, settings.email, clock)
    except OSError as error:
        raise CannotOpen(f"`ca_file` holds no certificates that can be used: {error}.") from error
    # a channel that is closed costs nothing at the start, and needs no library
    if settings.slack is not None:
        from bot.notify.slack import SlackChannel

        found["slack"] = SlackChannel(settings, settings.slack, post, clock)
    if settings.webhook is not None:
        from bot.notify.webhook import WebhookChannel

        found["webhook"] = WebhookChannel(settings.webhook, post, clock)
    if settings.apprise is not None:
        from bot.notify.apprise_channel import AppriseChannel, NoApprise

        try:
            found["apprise"] = AppriseChannel(settings.apprise)
        except NoApprise as error:
            raise CannotOpen(str(error)) from error
    return MappingProxyType(found)
