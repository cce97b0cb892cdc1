"""Who is an account, offline? Only the service can see it, and says so later."""

from bot.readiness.evidence import Fact, Person, Trouble, Unavailable


class NobodyToAsk:
    """A directory without anybody to ask."""

    def person(self, login: str) -> Fact[Person]:
        """Say that only the service can look an account up."""
        return Unavailable(
            f"Whether {login} may own is seen on GitHub only.",
            Trouble.SERVICE_ONLY,
            "Nothing to do: the service looks the account up.",
        )
