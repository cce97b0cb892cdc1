"""How does a message reach what apprise knows? As plain text, with no word of why where it fails: an extra, and never the core."""

from typing import Any

from bot.notify.channels_file import Apprise
from bot.ports import Message, NotDelivered, Receipt
from bot.report.letter_forms import as_plain
from bot.report.markdown import visible


class NoApprise(Exception):
    """The channels file asks for apprise, which is not installed, or has an address that apprise cannot read."""


class AppriseChannel:
    """Apprise's addresses, all at once. Safe to share between threads."""

    name = "apprise"

    def __init__(self, settings: Apprise) -> None:
        """Take the addresses; raises NoApprise."""
        try:
            import apprise
        except ImportError:
            raise NoApprise("apprise is not installed: install `tunegate[apprise]`, or take `apprise` out.") from None
        self._sender: Any = apprise.Apprise()
        for number, url in enumerate(settings.urls):
            if not self._sender.add(url.get_secret_value()):
                raise NoApprise(f"`apprise.urls[{number}]` is no address that apprise can read.")

    def address(self, person: str) -> str | None:
        """Name the one place there is."""
        return "apprise"

    def find(self, message: Message) -> Receipt | None:
        """Tell nothing: apprise cannot."""
        return None

    def send(self, message: Message) -> Receipt:
        """Send a message to all addresses; raises NotDelivered when any of them fails."""
        if not message.aloud:
            return Receipt("", already=True)
        title = visible(message.letter.subject, 180).replace("`", "")
        if not self._sender.notify(body=as_plain(message.letter), title=title, body_format="text"):
            raise NotDelivered(
                "Apprise could not deliver to all addresses, and does not say why. Try each with `apprise --verbose`.",
                uncertain=True,
            )
        return Receipt(message.key)
