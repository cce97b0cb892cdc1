"""What does a link into the repository itself lead to? A file at the pull request's head commit, pinned by that."""

from bot.readiness import link
from bot.readiness.fact import Known, Trouble, Unavailable
from bot.readiness.schema import LinkField
from bot.sources.stores.store import Place

_FIX = "Link a file of this repository: relative to the proposal's folder, or from the root with a leading /."


class RepositoryStore:
    """The files of the repository itself."""

    def read(self, linked: LinkField, parsed: link.Link, place: Place, max_bytes: int) -> Known[bytes] | Unavailable:
        """Read the file that a repository link names, relative to its proposal."""
        try:
            path = link.resolve(parsed, place.proposal_path)
        except link.BadLink as error:
            return Unavailable(f"The link cannot be followed: {error}.", Trouble.DEFINITIVE, _FIX)
        fact = place.around.files.read(path, max_bytes=max_bytes)
        pinned = linked.revision
        if isinstance(fact, Known) and pinned and fact.source.revision and not fact.source.revision.startswith(pinned):
            return Unavailable(
                f"`{path}` is pinned to the revision {pinned[:40]}; a file of the repository is read at the head commit only.",
                Trouble.NOT_SUPPORTED,
                "Leave `revision` out: the head commit pins the file.",
            )
        return fact

    def pin(self, linked: LinkField, parsed: link.Link, place: Place) -> str | None:
        """Take git's name of the file's content at the head commit."""
        try:
            name = place.around.files.pin(link.resolve(parsed, place.proposal_path))
        except link.BadLink:
            return None
        return f"git:{name}" if name and not linked.revision else None
