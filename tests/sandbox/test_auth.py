"""Who is let in, and to what?"""

from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.sandbox.town import Refusal, Town

TOO_FAR = "'Expiration time' claim ('exp') is too far in the future"
OVER = "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires"
EARLY = "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
UNDECODABLE = "A JSON web token could not be decoded"
FORBIDDEN = "Resource not accessible by integration"


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"exp": "in 301 minutes"}, Refusal(401, OVER)),
        ({"exp": None}, Refusal(401, OVER)),
        ({"exp": -1}, Refusal(401, OVER)),
        ({"exp": 0}, Refusal(401, OVER)),
        ({"exp": 601}, Refusal(401, TOO_FAR)),
        ({"iat": 60}, Refusal(401, EARLY)),
        ({"iat": None}, Refusal(401, EARLY)),
        ({"iss": "4711"}, Refusal(404, "Integration not found")),
        ({"iss": None}, Refusal(404, "Integration not found")),
    ],
)
def test_a_jwt_whose_claims_are_not_right_is_refused(town: Town, changed: dict[str, Any], refusal: Refusal) -> None:
    now = int(town.world.now().timestamp())
    claims = {name: now + value if isinstance(value, int) else value for name, value in changed.items()}
    assert Refusal.of(town.call("GET", "/app", town.jwt(**claims))) == refusal


def test_a_jwt_may_be_good_for_ten_minutes_and_name_the_app_by_either_id(town: Town) -> None:
    now = int(town.world.now().timestamp())
    for issuer in (str(town.app.id), town.app.client_id):
        answer = town.call("GET", "/app", town.jwt(iss=issuer, exp=now + 600, iat=now))
        assert (answer.status_code, answer.json()["slug"]) == (200, "gate")


def test_a_jwt_has_to_be_signed_by_the_app_that_it_names(town: Town) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    stranger = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
    good = town.jwt()
    header, payload, _ = good.split(".")
    claims = jwt.decode(good, options={"verify_signature": False})
    forged = [
        town.jwt(key=stranger),
        f"{header}.{payload}.",
        jwt.encode(claims, "", algorithm="none"),
        jwt.encode(claims, "a shared secret of enough bytes to be taken", algorithm="HS256"),
        "no.jwt.atall",
    ]
    assert {Refusal.of(town.call("GET", "/app", each)) for each in forged} == {Refusal(401, UNDECODABLE)}


def test_an_app_sees_its_own_installations_only(town: Town) -> None:
    other = town.world.create_app("Other", town.eve, permissions={"contents": "read"})
    own = town.jwt(app=other)
    assert town.call("GET", "/app/installations", own).json() == []
    for method, tail in (("GET", ""), ("POST", "/access_tokens")):
        answer = town.call(method, f"/app/installations/{town.installation.id}{tail}", own)
        assert Refusal.of(answer) == Refusal(404, "Not Found")
    assert town.call("GET", "/repos/acme/models/installation", own).status_code == 404
    assert town.call("GET", "/repos/acme/models/installation", town.jwt()).json()["id"] == town.installation.id


def test_an_app_itself_may_not_work_in_repositories_nor_an_installation_act_as_the_app(town: Town) -> None:
    assert Refusal.of(town.call("GET", "/repos/acme/models/pulls", town.jwt())) == Refusal(403, FORBIDDEN)
    assert Refusal.of(town.call("GET", "/app", town.token())) == Refusal(401, UNDECODABLE)
    assert Refusal.of(town.call("GET", "/app")) == Refusal(401, UNDECODABLE)


def test_a_token_is_good_for_one_hour(town: Town) -> None:
    token = town.token()
    town.pass_time(minutes=59, seconds=58)
    assert town.call("GET", "/repos/acme/models", token).status_code == 200
    town.pass_time(seconds=3)
    assert Refusal.of(town.call("GET", "/repos/acme/models", token)) == Refusal(401, "Bad credentials")


@pytest.mark.parametrize("said", ["Bearer ghs_unknown", "token ghp_unknown", "Basic YTpi", "Bearer ", "nonsense"])
def test_an_unknown_credential_is_refused_even_for_what_everybody_may_see(town: Town, said: str) -> None:
    answer = town.call("GET", "/repos/acme/site", headers={"Authorization": said})
    assert Refusal.of(answer) == Refusal(401, "Bad credentials")


def test_a_token_may_be_narrowed_to_repositories_and_permissions(town: Town) -> None:
    narrow = town.token(repository_ids=[town.site.id], permissions={"contents": "read"})
    assert town.call("GET", "/repos/acme/site/contents/index.html", narrow).status_code == 200
    assert town.call("GET", "/repos/acme/models", narrow).status_code == 404
    listed = town.call("GET", "/installation/repositories", narrow).json()
    assert ([each["name"] for each in listed["repositories"]], listed["total_count"]) == (["site"], 1)
    by_name = town.token(repositories=["models"])
    assert town.call("GET", "/repos/acme/models/contents/README.md", by_name).status_code == 200
    assert town.call("GET", "/repos/acme/models/contents/README.md", town.token(permissions={})).status_code == 200


@pytest.mark.parametrize(
    "wanted",
    [
        {"permissions": {"contents": "write"}},
        {"permissions": {"administration": "read"}},
        {"permissions": {"contents": "much"}},
        {"repository_ids": [4711]},
        {"repositories": ["models", "nope"]},
    ],
)
def test_a_token_gives_no_more_than_the_installation_has(town: Town, wanted: dict[str, Any]) -> None:
    path = f"/app/installations/{town.installation.id}/access_tokens"
    assert town.call("POST", path, town.jwt(), json=wanted).status_code == 422


def test_an_app_without_the_permission_is_told_which_one_it_lacks(town: Town) -> None:
    pull = town.open_pull()
    token = town.token(permissions={"contents": "read", "checks": "read"})
    answer = town.call("POST", f"/repos/acme/models/issues/{pull.number}/comments", token, json={"body": "Hello"})
    assert Refusal.of(answer) == Refusal(403, FORBIDDEN)
    assert answer.headers["x-accepted-github-permissions"] == "issues=write; pull_requests=write"
    run = {"name": "x", "head_sha": pull.head_sha}
    assert Refusal.of(town.call("POST", "/repos/acme/models/check-runs", token, json=run)) == Refusal(403, FORBIDDEN)
    assert Refusal.of(town.call("GET", "/repos/acme/models/pulls", token)) == Refusal(403, FORBIDDEN)
    # what is public is read without a permission, and not written
    assert town.call("GET", "/repos/acme/site/pulls", token).status_code == 200
    status = f"/repos/acme/site/statuses/{town.site.branches['main']}"
    assert Refusal.of(town.call("POST", status, token, json={"state": "success"})) == Refusal(403, FORBIDDEN)


def test_an_installation_that_is_suspended_is_shut_out_until_it_is_taken_back(town: Town) -> None:
    token = town.token()
    town.world.suspend_installation(town.installation, town.ben)
    suspended = Refusal(403, "This installation has been suspended")
    assert Refusal.of(town.call("GET", "/repos/acme/models", token)) == suspended
    path = f"/app/installations/{town.installation.id}"
    assert Refusal.of(town.call("POST", f"{path}/access_tokens", town.jwt())) == suspended
    assert town.call("GET", path, town.jwt()).json()["suspended_by"]["login"] == "ben"
    town.world.suspend_installation(town.installation)
    assert town.call("GET", "/repos/acme/models", token).status_code == 200


def test_a_token_ends_with_its_installation_and_when_it_is_revoked(town: Town) -> None:
    revoked, kept = town.token(), town.token()
    assert town.call("DELETE", "/installation/token", revoked).status_code == 204
    assert town.call("GET", "/repos/acme/models", revoked).status_code == 401
    assert town.call("GET", "/repos/acme/models", kept).status_code == 200
    town.world.uninstall(town.installation)
    assert town.call("GET", "/repos/acme/models", kept).status_code == 401


def test_a_private_repository_is_not_there_for_whoever_may_not_see_it(town: Town) -> None:
    unseen = Refusal(404, "Not Found")
    assert Refusal.of(town.call("GET", "/repos/acme/models/pulls")) == unseen
    assert Refusal.of(town.call("GET", "/repos/acme/models/pulls", town.token_of(town.eve))) == unseen
    assert town.call("GET", "/repos/acme/models/pulls", town.token_of(town.ada)).status_code == 200
    assert town.call("GET", "/repos/acme/site/pulls").status_code == 200
    town.world.select_repositories(town.installation, [town.site])
    assert Refusal.of(town.call("GET", "/repos/acme/models/pulls", town.token())) == unseen


def test_nobody_writes_without_a_credential_and_a_reader_not_where_writing_is_needed(town: Town) -> None:
    body = {"state": "success", "context": "x"}
    path = f"/repos/acme/site/statuses/{town.site.branches['main']}"
    assert Refusal.of(town.call("POST", path, json=body)) == Refusal(401, "Requires authentication")
    assert town.call("POST", path, town.token_of(town.eve), json=body).status_code == 403
    assert town.call("POST", path, town.token_of(town.ben), json=body).status_code == 201


def test_only_apps_write_check_runs_and_each_its_own(town: Town) -> None:
    run = {"name": "x", "head_sha": town.models.branches["main"]}
    answer = town.call("POST", "/repos/acme/models/check-runs", town.token_of(town.ben), json=run)
    assert Refusal.of(answer) == Refusal(403, "You must authenticate via a GitHub App.")
    made = town.call("POST", "/repos/acme/models/check-runs", town.token(), json=run).json()["id"]
    other = town.world.create_app("Other", town.acme, permissions={"checks": "write"})
    token = town.world.installation_token(town.world.install(other, town.acme)).text
    answer = town.call("PATCH", f"/repos/acme/models/check-runs/{made}", token, json={"name": "taken over"})
    assert (answer.status_code, "can only be modified by the GitHub App" in answer.text) == (403, True)


def test_a_user_who_is_suspended_may_do_nothing(town: Town) -> None:
    token = town.token_of(town.ada)
    town.world.suspend(town.ada)
    assert Refusal.of(town.call("GET", "/user", token)) == Refusal(403, "Sorry. Your account was suspended.")
    assert town.call("GET", "/users/ada").status_code == 404
