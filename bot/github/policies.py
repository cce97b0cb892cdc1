"""What policy files hold on the default branches? The owner's and the repository's, each asked of GitHub now and then.

A file that is not there is remembered as well as one that is: most repositories have none, and a review costs no call for
that. A push that we hear of has the file read anew. Where it cannot be read in full, the version before it holds, and says so. A repository that is out of sight (deleted, private and no longer chosen
for the App) looks as if its file were not there: then the last policy that was read holds, and says so.
"""

import base64
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.github.app_auth import AppAuth
from bot.github.client import Client
from bot.github.large_files import LargeFiles
from bot.github.repository_files import FilesAtCommit
from bot.github.trouble import Refused
from bot.ports import Clock, Fetch, ForgeTrouble, KnownPolicies
from bot.readiness.fact import Known, Trouble
from bot.readiness.policy import Complaint, LayerKind, Place
from bot.readiness.policy_file import MAX_BYTES, OF_OWNER, OF_REPOSITORY, OUT_OF_SIGHT, OWNERS, PolicyText

_log = logging.getLogger(__name__)

WrongWith = Callable[[PolicyText], Complaint | None]
"""Finds what keeps a policy file from being read in full."""

_NOT_IN_FULL = "The file cannot be read in full (line {line}: {message}) The version before it holds."
_LONGEST = 300  # characters of what is wrong

MAX_AGE = timedelta(minutes=30)  # house: so late, at most, is a change seen that no push told us of


class PolicyFiles:
    """The policy files of all repositories. Safe to share between threads."""

    def __init__(
        self, clock: Clock, fetch: Fetch, known: KnownPolicies | None = None, wrong_with: WrongWith = lambda text: None
    ) -> None:
        """Take the clock, the way to files beside the API, the memory, and who finds what is wrong with a file.

        Without a memory each file is read each time, and no former version is known.
        """
        self._wrong_with = wrong_with
        self._clock = clock
        self._fetch = fetch
        self._known = known

    def read(self, whole: Client, one: Client, installation_id: int, repository: str) -> tuple[PolicyText, ...]:
        """Read the files that are there, the owner's first; raises ForgeTrouble where one cannot be read now.

        `one` sees the repository; `whole` sees all that the installation does: the owner's file lies in another one.
        """
        owner = repository.partition("/")[0]
        places = (
            (Place(LayerKind.ORGANISATION, f"{owner}/{OWNERS}", OF_OWNER), whole),
            (Place(LayerKind.REPOSITORY, repository, OF_REPOSITORY), one),
        )
        found = (self._text(place, client, installation_id) for place, client in places)
        return tuple(text for text in found if text is not None)

    def _text(self, place: Place, client: Client, installation_id: int) -> PolicyText | None:
        key = (installation_id, place.repository.lower(), place.path)
        asked_at = self._clock.now()
        kept, pushes = (None, 0) if self._known is None else self._known.find(*key)
        if kept is not None and _age(kept, asked_at) <= MAX_AGE:
            return _restored(place, kept)
        now = self._look(place, client)
        text = self._last(place, client, kept) if now is None else self._good(now, kept)
        if self._known is not None:
            self._known.keep(*key, {"asked_at": asked_at.isoformat(), **_plain(text)}, pushes)
        return text

    def _good(self, now: PolicyText, kept: Mapping[str, Any] | None) -> PolicyText:
        """Find the version that was read last and could be, where the one that is there cannot be read in full."""
        wrong = self._wrong_with(now)
        before = None if kept is None or wrong is None else _restored(now.place, kept)
        if wrong is None or before is None or before.content is None:
            return now
        if self._wrong_with(replace(before, trouble="")) is not None:
            return now  # none could
        return replace(before, trouble=_NOT_IN_FULL.format(line=wrong.line, message=wrong.message[:_LONGEST]))

    def _last(self, place: Place, client: Client, kept: Mapping[str, Any] | None) -> PolicyText | None:
        """Find the policy that was read last, where the file is not there because its repository is out of sight."""
        last = None if kept is None else _restored(place, kept)
        if last is None or _is_seen(client, place.repository):
            return None
        _log.warning("%s is out of sight; the policy that was read last holds", ascii(place.repository))
        return PolicyText(place, last.content, last.trouble or OUT_OF_SIGHT)

    def _look(self, place: Place, client: Client) -> PolicyText | None:
        large = LargeFiles(client, place.repository, self._fetch)
        found = FilesAtCommit(client, place.repository, "", large).find(place.path, max_bytes=MAX_BYTES)
        if found is None:
            return None
        if isinstance(found, Known):
            return PolicyText(place, found.value)
        if found.trouble is Trouble.DEFINITIVE:
            return PolicyText(place, None, found.reason)
        raise ForgeTrouble(f"the policy could not be read now: {found.reason}")


def policies_of(repository: str, auth: AppAuth, clock: Clock, fetch: Fetch) -> tuple[PolicyText, ...]:
    """Read the policy files that hold for a repository (`owner/name`) as they are now; raises ForgeTrouble."""
    installation = auth.installation_of(repository)
    whole = Client(auth, auth.api_url, installation, None, clock)
    return PolicyFiles(clock, fetch).read(whole, whole, installation, repository)


def _is_seen(client: Client, repository: str) -> bool:
    try:
        client.get(f"/repos/{repository}")
    except Refused as refused:
        if refused.status in (403, 404, 451):
            return False
        raise
    return True


def _age(kept: Mapping[str, Any], now: datetime) -> timedelta:
    return abs(now - datetime.fromisoformat(kept["asked_at"]))  # a clock that was set back makes nothing last for ever


def _plain(text: PolicyText | None) -> dict[str, Any]:
    if text is None:
        return {"absent": True}
    content = None if text.content is None else base64.b64encode(text.content).decode()
    return {"absent": False, "content": content, "trouble": text.trouble}


def _restored(place: Place, kept: Mapping[str, Any]) -> PolicyText | None:
    if kept["absent"]:
        return None
    content = kept["content"]
    return PolicyText(place, None if content is None else base64.b64decode(content), kept["trouble"])
