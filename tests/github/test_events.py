"""Is a webhook heard for what it says, and does none of them, however strange, make us stumble?"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.github.events import hear
from bot.ports import Heard, ReviewRequested

SHA = "a" * 40


def _payload(**more: Any) -> dict[str, Any]:
    return {
        "installation": {"id": 22},
        "repository": {"id": 33, "full_name": "acme/models"},
        "sender": {"login": "ada"},
        **more,
    }


@pytest.mark.parametrize("action", ["opened", "reopened", "synchronize", "edited", "ready_for_review", "closed"])
def test_a_pull_request_that_may_have_changed_is_to_be_reviewed(action: str) -> None:
    heard = hear("pull_request", "guid", _payload(action=action, number=5), app_slug="tunegate")
    assert heard.reviews == (ReviewRequested(22, 33, 5, f"pull_request.{action}"),)
    said = heard.delivery
    assert (said.guid, said.event, said.action) == ("guid", "pull_request", action)
    assert (said.installation_id, said.repo_id, said.number) == (22, 33, 5)


@pytest.mark.parametrize("action", ["labeled", "assigned", "locked", None, 7, "x" * 70])
def test_other_actions_ask_for_nothing(action: object) -> None:
    assert hear("pull_request", "guid", _payload(action=action, number=5)).reviews == ()


@pytest.mark.parametrize("number", [None, 0, -1, True, "5", 5.0, 2**31, 2**80])
def test_a_number_that_is_none_asks_for_nothing(number: object) -> None:
    heard = hear("pull_request", "guid", _payload(action="opened", number=number))
    assert (heard.reviews, heard.delivery.number) == ((), None)


def test_our_own_doings_ask_for_nothing() -> None:
    payload = _payload(action="edited", number=5) | {"sender": {"login": "tunegate[bot]"}}
    assert hear("pull_request", "guid", payload, app_slug="tunegate").reviews == ()
    assert hear("pull_request", "guid", payload, app_slug="another").reviews


def _rerequested(event: str, pulls: list[Any], app: object = 11) -> Heard:
    checked = {"app": {"id": app}, "head_sha": SHA, "pull_requests": pulls}
    return hear(event, "guid", _payload(action="rerequested", **{event: checked}), app_id=11)


@pytest.mark.parametrize("event", ["check_run", "check_suite"])
def test_a_re_run_asks_for_each_pull_request_of_this_repository_again(event: str) -> None:
    pulls = [{"number": n, "base": {"repo": {"id": repo}}} for n, repo in ((5, 33), (6, 33), (5, 33), (7, 44))]
    heard = _rerequested(event, [*pulls, None, {"number": 8}])
    assert heard.reviews == tuple(ReviewRequested(22, 33, n, f"{event}.rerequested", again=True) for n in (5, 6))
    assert heard.head_sha is None


def test_a_re_run_of_a_fork_says_its_commit() -> None:
    heard = _rerequested("check_run", [])
    assert (heard.reviews, heard.head_sha) == ((), SHA)


def test_a_re_run_of_another_app_is_not_ours() -> None:
    heard = _rerequested("check_suite", [{"number": 5, "base": {"repo": {"id": 33}}}], app=12)
    assert (heard.reviews, heard.head_sha) == ((), None)


def test_a_re_run_asked_for_by_our_bot_is_heard() -> None:
    checked = {"app": {"id": 11}, "head_sha": SHA, "pull_requests": []}
    payload = _payload(action="rerequested", check_run=checked) | {"sender": {"login": "tunegate[bot]"}}
    assert hear("check_run", "guid", payload, app_id=11, app_slug="tunegate").head_sha == SHA


REPOSITORIES = [{"id": 33, "full_name": "acme/models", "private": False}, {"id": 34, "full_name": "acme/x"}, "odd"]


@pytest.mark.parametrize(
    ("action", "suspended_at", "state"),
    [
        ("created", None, "active"),
        ("created", "2026-01-01T00:00:00Z", "suspended"),
        ("suspend", "2026-01-01T00:00:00Z", "suspended"),
        ("unsuspend", None, "active"),
        ("new_permissions_accepted", None, "active"),
    ],
)
def test_an_installation_is_heard(action: str, suspended_at: str | None, state: str) -> None:
    said = {"id": 22, "account": {"login": "acme", "id": 3}, "suspended_at": suspended_at}
    found = hear("installation", "guid", {"action": action, "installation": said, "repositories": REPOSITORIES})
    assert found.installation is not None
    assert (found.installation.id, found.installation.account, found.installation.state) == (22, "acme", state)
    assert found.installation.added == ((33, "acme/models", False), (34, "acme/x", True))


def test_an_uninstallation_is_heard() -> None:
    said = {"id": 22, "account": {"login": "acme", "id": 3}}
    found = hear("installation", "guid", {"action": "deleted", "installation": said}).installation
    assert found is not None
    assert found.state == "deleted"


def test_repositories_that_come_and_go_are_heard() -> None:
    payload = {
        "action": "added",
        "installation": {"id": 22, "account": {"login": "acme", "id": 3}},
        "repositories_added": REPOSITORIES[:1],
        "repositories_removed": REPOSITORIES[1:],
    }
    found = hear("installation_repositories", "guid", payload).installation
    assert found is not None
    assert (found.added, found.removed) == (((33, "acme/models", False),), ((34, "acme/x", True),))


@pytest.mark.parametrize("event", ["ping", "push", "star", "no_such_event"])
def test_other_events_are_a_delivery_and_nothing_else(event: str) -> None:
    heard = hear(event, "guid", _payload(action="created", zen="Keep it logically awesome."))
    assert (heard.reviews, heard.head_sha, heard.installation) == ((), None, None)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just(SHA),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
KEYS = [
    "action",
    "installation",
    "repository",
    "repositories",
    "repositories_added",
    "number",
    "pull_request",
    "check_run",
    "sender",
]
STRANGE = st.dictionaries(
    st.sampled_from(KEYS),
    JSON
    | st.sampled_from(["opened", "rerequested", "created", "deleted"])
    | st.fixed_dictionaries({"id": JSON, "app": JSON, "account": JSON, "pull_requests": JSON}),
)
EVENTS = ["pull_request", "check_run", "check_suite", "installation", "installation_repositories", "push", "ping"]


@given(st.sampled_from(EVENTS), STRANGE | JSON)
def test_no_payload_makes_us_stumble_and_nothing_odd_gets_through(event: str, payload: Any) -> None:
    heard = hear(event, "guid", payload, app_id=11, app_slug="tunegate")
    for review in heard.reviews:
        assert 0 < review.number < 2**31
        assert 0 < review.repo_id < 2**63
    texts = [heard.delivery.action, heard.head_sha, heard.policy_of, heard.installation and heard.installation.account]
    assert all(text is None or text.isascii() and text.isprintable() for text in texts)


def _comment(action: object = "created", body: object = "/tunegate own", **more: Any) -> dict[str, Any]:
    issue = {"number": 5, "pull_request": {"url": "https://api.github.example/repos/acme/models/pulls/5"}}
    comment = {"user": {"login": "bob", "type": "User"}, "body": body}
    return _payload(**{"action": action, "issue": issue, "comment": comment, **more})


@pytest.mark.parametrize("action", ["created", "edited", "deleted"])
def test_a_command_on_a_pull_request_asks_for_a_review(action: str) -> None:
    heard = hear("issue_comment", "guid", _comment(action), app_slug="tunegate")
    assert heard.reviews == (ReviewRequested(22, 33, 5, f"issue_comment.{action}"),)
    assert heard.delivery.number == 5


def test_a_command_that_was_edited_away_asks_for_a_review() -> None:
    changes = {"body": {"from": "/tunegate own"}}
    assert hear("issue_comment", "guid", _comment("edited", "never mind", changes=changes)).reviews


@pytest.mark.parametrize(
    "payload",
    [
        _comment(body="I could own it."),
        _comment(body="> /tunegate own"),
        _comment(body=None),
        _comment(body=7),
        _comment("pinned"),
        _comment(issue={"number": 5}),
        _comment(issue={"number": 5, "pull_request": None}),
        _comment(comment={"user": {"login": "x[bot]", "type": "Bot"}, "body": "/tunegate own"}),
        _comment(comment=None),
        _comment(sender={"login": "tunegate[bot]"}),
        _comment("edited", "x", changes={"body": "odd"}),
    ],
)
def test_a_comment_that_is_no_command_asks_for_nothing(payload: dict[str, Any]) -> None:
    assert hear("issue_comment", "guid", payload, app_slug="tunegate").reviews == ()


@pytest.mark.parametrize(
    ("action", "state", "asks"),
    [
        ("submitted", "approved", True),
        ("submitted", "changes_requested", True),
        ("dismissed", "dismissed", True),
        ("submitted", "commented", False),
        ("edited", "approved", False),
        ("submitted", None, False),
        ("submitted", 7, False),
    ],
)
def test_a_review_that_decides_asks_for_ours(action: str, state: object, asks: bool) -> None:
    payload = _payload(action=action, pull_request={"number": 5}, review={"state": state})
    heard = hear("pull_request_review", "guid", payload, app_slug="tunegate")
    assert heard.reviews == ((ReviewRequested(22, 33, 5, f"pull_request_review.{action}"),) if asks else ())
    assert hear("pull_request_review", "guid", payload | {"sender": {"login": "tunegate[bot]"}}, app_slug="tunegate").reviews == ()  # fmt: skip


def _push(**more: Any) -> dict[str, Any]:
    commit = {"added": [], "modified": [".tunegate.yaml"], "removed": []}
    return {
        "ref": "refs/heads/main",
        "forced": False,
        "commits": [{"added": ["x"], "modified": [], "removed": []}, commit],
        "installation": {"id": 7},
        "repository": {"id": 11, "full_name": "acme/models", "default_branch": "main"},
        **more,
    }


def _names(path: str) -> list[dict[str, Any]]:
    return [{"added": [], "modified": [], "removed": [path]}]


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (_push(), "acme/models"),
        (_push(ref="refs/heads/tune"), None),
        (_push(ref="refs/tags/main"), None),
        (_push(commits=_names("README.md")), None),
        (_push(commits=_names("docs/.tunegate.yaml")), None),
        (_push(commits=_names("tunegate/policy.yaml")), None),  # a policy only in the repository `.github`
        (_push(commits=_names("README.md"), forced=True), "acme/models"),
        (_push(commits=[]), "acme/models"),
        (_push(commits=_names("README.md") * 2048), "acme/models"),
        (_push(commits=[{"added": "?"}]), "acme/models"),
        (_push(commits=None), "acme/models"),
        (_push(installation=None), None),
        (_push(repository={"id": 11, "full_name": "../x y", "default_branch": "main"}), None),
    ],
)
def test_a_push_names_the_repository_whose_policy_it_may_have_changed(
    payload: dict[str, Any], expected: str | None
) -> None:
    heard = hear("push", "g", payload)
    assert (heard.policy_of, heard.reviews) == (expected, ())


def test_a_push_to_the_organisation_s_policy_names_its_repository() -> None:
    repository = {"id": 12, "full_name": "acme/.github", "default_branch": "main"}
    payload = _push(repository=repository, commits=_names("tunegate/policy.yaml"))
    assert hear("push", "g", payload).policy_of == "acme/.github"
