"""Who is it that the proposal names, and what is said where nobody can tell? Shared by the checks on people."""

from bot.readiness.check import NOT_LOOKED_AT, Check, Dossier
from bot.readiness.fact import Known, Unavailable
from bot.readiness.finding import Finding
from bot.readiness.ownership import Person


def looked_up(check: Check, dossier: Dossier, login: str, *, at: str) -> Known[Person] | Finding:
    """Find the account of a login, or the finding that says why it is not known."""
    match dossier.evidence.people.get(login):
        case None:
            return check.unverified(f"Nobody looked the account {login} up.", at=at, fix=NOT_LOOKED_AT)
        case Unavailable() as trouble:
            what = f"The account {login} could not be looked up"
            return check.unavailable(trouble, at=at, what=what, correct="Correct the login.")
        case Known() as known:
            return known


def tie(person: Person) -> str:
    """Say what an account is to the repository."""
    if person.type != "User":
        return f"an account of type {person.type}, not a person"
    if person.member:
        return "a member of the organisation"
    if person.permission != "none":
        return f"a collaborator with {person.permission}"
    return "neither member nor collaborator here"


def same(dossier: Dossier, one: str, other: str) -> bool:
    """Say whether two logins are one account: by the number where both were looked up, for logins are renamed."""
    people = [dossier.evidence.people.get(login) for login in (one, other)]
    ids = {fact.value.id for fact in people if isinstance(fact, Known)}
    known = all(isinstance(fact, Known) for fact in people)
    return len(ids) == 1 if known else one.lower() == other.lower()
