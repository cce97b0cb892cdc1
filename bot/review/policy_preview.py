"""What would a pull request that changes a policy bring? Seen beside it, before it counts: no policy holds from a head commit."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot import ports
from bot.readiness.fact import Known, Trouble, Unavailable
from bot.readiness.policy import LayerKind, Place
from bot.readiness.policy_file import MAX_BYTES, OF_OWNER, OF_REPOSITORY, OWNERS, PolicyText
from bot.report.check_run import CheckRun
from bot.report.policy_run import policy_run
from bot.review.judge import Judge
from bot.review.policy_change import Change, InForce, report

TESTS = {OF_OWNER: "tunegate/tests/", OF_REPOSITORY: ".tunegate/tests/"}
"""Where a policy's own tests stand, below the root of its repository."""

_MAX_TESTS = 50  # house: each is a file to read, and a proposal to judge
_MAX_JUDGED = 200  # house: open proposals, those that were reviewed last


@dataclass(frozen=True, slots=True)
class PolicyPreview:
    """Examines the policies that a pull request changes."""

    judge: Judge
    in_force: InForce
    ledger: ports.Ledger
    pulls: ports.Pulls
    details_url: Callable[[str], str]

    def of(
        self,
        places: Sequence[Place],
        changed: Sequence[ports.ChangedFile],
        pull: ports.PullRequest,
        files: ports.CommitFiles,
        now: tuple[PolicyText, ...],
    ) -> CheckRun:
        """Examine what becomes of the policies of `places`; `now` are the files that hold. Raises ForgeTrouble."""
        gone = {each.path for each in changed if each.status == "removed"}
        gone |= {each.previous_path for each in changed if each.previous_path}
        reports, hidden, left_out = [], set(), set()
        for place in places:
            text = None if place.path in gone else _read(files, place)
            whole = place.kind is LayerKind.ORGANISATION
            found = self.pulls.open_reviews(pull.installation_id, None if whole else pull.repo_id, most=_MAX_JUDGED + 1)
            if len(found) > _MAX_JUDGED:
                left_out.add(f"Of the open proposals the {_MAX_JUDGED} that were reviewed last were judged.")
            elsewhere = {each.review_id for each in found if each.private and each.repo_id != pull.repo_id}
            hidden |= elsewhere
            # whoever may open a pull request may write a rule that asks about what they cannot read
            if pull.from_fork and elsewhere:
                left_out.add("Proposals of private repositories were not judged: this comes from a fork.")
                found = tuple(each for each in found if each.review_id not in elsewhere)
            stored = (self.ledger.find(each.review_id) for each in found[:_MAX_JUDGED])
            cases, beyond = ({}, 0) if text is None else _cases(files, TESTS[place.path])
            if beyond:
                left_out.add(f"{beyond} of the tests were not run: {_MAX_TESTS} are the most.")
            others = [each for each in now if each.place != place]
            reviews = (each for each in stored if each is not None)
            reports.append(report(Change(place, text), cases, reviews, self.judge, self.in_force, others))
        return policy_run(reports, hidden=hidden, left_out=sorted(left_out), details_url=self.details_url)


def places(changed: Sequence[ports.ChangedFile], pull: ports.PullRequest) -> tuple[Place, ...]:
    """Name the policies that a pull request changes, or whose tests it changes; none where it leads to another branch."""
    if pull.base_ref != pull.default_branch:
        return ()
    found = [Place(LayerKind.REPOSITORY, pull.repository, OF_REPOSITORY)]
    if pull.name.lower() == OWNERS:
        found.insert(0, Place(LayerKind.ORGANISATION, pull.repository, OF_OWNER))
    paths = [path for each in changed for path in (each.path, each.previous_path) if path]
    return tuple(
        place for place in found if any(path == place.path or path.startswith(TESTS[place.path]) for path in paths)
    )


def _read(files: ports.CommitFiles, place: Place) -> PolicyText | None:
    found = files.read(place.path, max_bytes=MAX_BYTES)
    if isinstance(found, Known):
        return PolicyText(place, found.value)
    if found.trouble is Trouble.PASSING:
        raise ports.ForgeTrouble(f"the policy could not be read now: {found.reason}")
    listed = files.listing()
    if isinstance(listed, Known) and place.path not in listed.value:
        return None  # its tests are there, it is not
    return PolicyText(place, None, found.reason)


def _cases(files: ports.CommitFiles, folder: str) -> tuple[Mapping[str, str], int]:
    """Read the tests in a folder, by name; returns them, and how many there are beyond the most."""
    listed = files.listing()
    if isinstance(listed, Unavailable):
        if listed.trouble is Trouble.PASSING:
            raise ports.ForgeTrouble(f"the policy's tests could not be listed now: {listed.reason}")
        return {}, 0
    paths = [path for path in sorted(listed.value) if path.startswith(folder) and path.endswith((".yaml", ".yml"))]
    return dict(_texts(files, paths[:_MAX_TESTS])), max(0, len(paths) - _MAX_TESTS)


def _texts(files: ports.CommitFiles, paths: Sequence[str]) -> Iterator[tuple[str, str]]:
    for path in paths:
        found = files.read(path, max_bytes=MAX_BYTES)
        if isinstance(found, Known):
            yield path.rpartition("/")[2], found.value.decode(errors="replace")
        elif found.trouble is Trouble.PASSING:
            raise ports.ForgeTrouble(f"a test of the policy could not be read now: {found.reason}")
