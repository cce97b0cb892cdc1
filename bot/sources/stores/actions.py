"""What did a workflow run of this repository leave? A file of one of its artifacts, read through the forge."""

from bot.readiness.fact import Known, Trouble, Unavailable
from bot.readiness.link import Link
from bot.readiness.schema import LinkField
from bot.sources.stores import store
from bot.sources.stores.store import Place

_LONGEST_ID = 18  # digits; GitHub's ids are 64-bit numbers


class ActionsStore:
    """Artifacts of workflow runs."""

    def read(self, linked: LinkField, parsed: Link, place: Place, max_bytes: int) -> Known[bytes] | Unavailable:
        """Read `actions://RUN_ID/ARTIFACT/PATH`; the forge grades it by the commit that the run was of."""
        run_id, (name, _, path) = parsed.host, parsed.path.partition("/")
        if not (run_id.isascii() and run_id.isdecimal() and len(run_id) <= _LONGEST_ID) or not name or not path:
            return Unavailable(
                "The link names no file of a workflow run.",
                Trouble.DEFINITIVE,
                "Write actions://RUN_ID/ARTIFACT/PATH; the run's id stands in the address of its page.",
            )
        if not place.around.trusted:
            return store.waits_for_a_maintainer("A workflow's artifact is read with the login of the App", place)
        return place.around.attachments.workflow_artifact(int(run_id), name, path, max_bytes=max_bytes)

    def pin(self, linked: LinkField, parsed: Link, place: Place) -> str | None:
        """Name the bytes by the digest beside the link: an artifact may be uploaded anew."""
        return store.digest_pin(linked) if place.around.trusted else None
