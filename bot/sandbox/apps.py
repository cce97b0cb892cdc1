"""Which Apps are there, where are they installed, and what were they told?"""

import re
import secrets
from collections.abc import Iterable, Mapping
from datetime import timedelta

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.sandbox.checks import Checks
from bot.sandbox.model import Account, App, Delivery, Event, Installation, Repo, Token
from bot.sandbox.state import Refused, locked

TOKEN_LIFE = timedelta(hours=1)
READ_WRITE = ("read", "write", "admin")


class Apps(Checks):
    """Apps, installations and their tokens."""

    @locked
    def create_app(
        self,
        name: str,
        owner: Account,
        *,
        permissions: Mapping[str, str],
        events: Iterable[str] = (),
        webhook_url: str | None = None,
        webhook_secret: str | None = None,
        public_key_pem: str | None = None,
        slug: str | None = None,
        external_url: str = "",
        callback_urls: Iterable[str] = (),
    ) -> App:
        """Create an App; without a public key the sandbox makes a pair. Tells `ping` when there is a webhook.

        `external_url` is its homepage; without one its page here is.
        """
        private = None
        if public_key_pem is None:
            private, public_key_pem = _key_pair()
        slug = slug or re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
        bot = self._create_account(f"{slug}[bot]", "Bot", name)
        app = App(
            id=self.next_id(),
            slug=slug,
            name=name,
            owner=owner,
            bot=bot,
            public_key_pem=public_key_pem,
            private_key_pem=private,
            client_id=f"Iv23{secrets.token_hex(8)}",
            hook_id=self.next_id(),
            webhook_url=None,
            webhook_secret=webhook_secret or secrets.token_urlsafe(24),
            permissions={"metadata": "read"} | dict(permissions),
            events=tuple(events),
            external_url=external_url,
            created_at=self.now(),
            client_secret=secrets.token_hex(20),
            callback_urls=tuple(callback_urls),
        )
        self.apps[app.id] = app
        if webhook_url:
            self.set_webhook(app, webhook_url)
        return app

    @locked
    def set_webhook(self, app: App, url: str | None) -> None:
        """Say where an App hears its webhooks; tells `ping`. Without an address nothing is sent."""
        app.webhook_url = url
        if url:
            self.ping(app)

    @locked
    def ping(self, app: App) -> None:
        """Tell `ping` to an App."""
        self.tell(Event("ping", None, app.owner, app, only=app, always=True))

    @locked
    def install(
        self, app: App, account: Account, *, repos: Iterable[Repo] | None = None, sender: Account | None = None
    ) -> Installation:
        """Install an App on an account, on all its repositories or on some; tells `installation.created`."""
        installation = Installation(self.next_id(), app, account, dict(app.permissions), app.events, self.now())
        installation.selected = None if repos is None else {repo.id for repo in repos}
        self.installations[installation.id] = installation
        self._tell_installation(installation, "created", sender)
        return installation

    @locked
    def select_repositories(
        self, installation: Installation, repos: Iterable[Repo] | None, sender: Account | None = None
    ) -> None:
        """Choose what an installation sees, None for all; tells `installation_repositories` of what came and went."""
        before = self.repositories_of(installation)
        installation.selected = None if repos is None else {repo.id for repo in repos}
        after = self.repositories_of(installation)
        changes = {"added": [r for r in after if r not in before], "removed": [r for r in before if r not in after]}
        for action, changed in changes.items():
            if changed:
                who, details = sender or installation.account, {"repositories": changed}
                app = installation.app
                self.tell(
                    Event(
                        "installation_repositories", action, who, installation, details=details, only=app, always=True
                    )
                )

    @locked
    def uninstall(self, installation: Installation, sender: Account | None = None) -> None:
        """Take an App off an account; its tokens end. Tells `installation.deleted`."""
        self._tell_installation(installation, "deleted", sender)
        del self.installations[installation.id]
        self.tokens = {key: each for key, each in self.tokens.items() if each.installation is not installation}

    @locked
    def suspend_installation(self, installation: Installation, sender: Account | None = None) -> None:
        """Suspend an installation, or end the suspension; tells `suspend` or `unsuspend`."""
        who = sender or installation.account
        off = installation.suspended_at is None
        installation.suspended_at = self.now() if off else None
        installation.suspended_by = who if off else None
        self._tell_installation(installation, "suspend" if off else "unsuspend", who)

    def _tell_installation(self, installation: Installation, action: str, sender: Account | None) -> None:
        who = sender or installation.account
        self.tell(Event("installation", action, who, installation, only=installation.app, always=True))

    @locked
    def redeliver(self, delivery: Delivery) -> None:
        """Ask for a webhook to be sent again, as it was and under the same GUID."""
        self.tell(Event("redelivery", None, delivery.app.owner, delivery, only=delivery.app, always=True))

    @locked
    def installation_of(self, app: App, repo: Repo) -> Installation | None:
        """Find the installation by which an App sees a repository."""
        return next((each for each in self.installations.values() if each.app is app and each.covers(repo)), None)

    @locked
    def repositories_of(self, installation: Installation) -> list[Repo]:
        """List the repositories of an installation."""
        return [repo for repo in self.repos.values() if installation.covers(repo)]

    @locked
    def installation_token(
        self,
        installation: Installation,
        *,
        permissions: Mapping[str, str] | None = None,
        repos: Iterable[int] | None = None,
    ) -> Token:
        """Make a token of an installation, good for one hour and perhaps narrowed; raises Refused 422 or 403."""
        if installation.suspended_at is not None:
            raise Refused(403, "This installation has been suspended")
        wanted = dict(installation.permissions) if permissions is None else dict(permissions)
        for name, level in wanted.items():
            granted = installation.permissions.get(name)
            if granted is None or level not in READ_WRITE or READ_WRITE.index(level) > READ_WRITE.index(granted):
                raise Refused(422, "The permissions requested are not granted to this installation.")
        chosen = None if repos is None else frozenset(repos)
        if chosen is not None and not chosen <= {repo.id for repo in self.repositories_of(installation)}:
            message = (
                "There is at least one repository that does not exist or is not accessible to the parent installation."
            )
            raise Refused(422, message)
        # longer than the 40 characters of former days, so that nobody counts on a length (docs: 2026-04-27)
        text = f"ghs_{installation.app.id}_{secrets.token_urlsafe(180)}"
        token = Token(text, None, installation, wanted, chosen, self.now() + TOKEN_LIFE)
        self.tokens[text] = token
        return token


def _key_pair() -> tuple[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()
