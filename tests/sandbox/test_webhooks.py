"""What is an App told, when, in which order, and by which signature?"""

import hashlib
import hmac
import re
import socket
import uuid

import pytest

from bot.sandbox.checks import RunChange
from bot.sandbox.server import Sandbox
from bot.sandbox.webhooks import Webhooks, signature
from bot.sandbox.world import DeliveryFault, World
from tests.sandbox.receiver import Receiver
from tests.sandbox.town import PROPOSAL, Town


def test_the_signature_is_githubs() -> None:
    # docs: validating webhook deliveries, testing the validation
    expected = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    assert signature("It's a Secret to Everybody", b"Hello, World!") == expected


def test_a_webhook_bears_githubs_headers_and_is_signed_as_it_is_sent(town: Town) -> None:
    town.listen()
    town.open_pull(text="ünï\n")
    town.settle()
    for each in town.receiver.heard():
        own = {name: value for name, value in each.headers.items() if name.startswith("x-")}
        secret = town.app.webhook_secret.encode()
        assert own == {
            "x-github-delivery": each.guid,
            "x-github-event": each.event.partition(".")[0],
            "x-github-hook-id": str(town.app.hook_id),
            "x-github-hook-installation-target-id": str(town.app.id),
            "x-github-hook-installation-target-type": "integration",
            "x-hub-signature": "sha1=" + hmac.new(secret, each.body, hashlib.sha1).hexdigest(),
            "x-hub-signature-256": "sha256=" + hmac.new(secret, each.body, hashlib.sha256).hexdigest(),
        }
        assert str(uuid.UUID(each.guid)) == each.guid
        assert re.fullmatch(r"GitHub-Hookshot/[0-9a-f]{7}", each.headers["user-agent"])
        assert each.headers["content-type"] == "application/json"
        assert each.payload["installation"]["id"] == town.installation.id
    assert len({each.guid for each in town.receiver.heard()}) == len(town.receiver.heard()) == 3


def test_they_come_in_the_order_of_what_happened_and_say_how_it_was_then(town: Town) -> None:
    pull = town.open_pull()
    town.listen()
    town.receiver.open.clear()  # the first is held up, so that everything has happened before it is answered
    heads = [town.world.commit(town.models, "tune", {PROPOSAL: f"{n}"}, "C", town.ada).sha for n in range(4)]
    town.world.edit_pull(pull, town.ada, title="Last")
    town.receiver.open.set()
    town.settle()
    told = town.receiver.heard(lambda each: each.headers["x-github-event"] == "pull_request")
    assert [each.payload["pull_request"]["head"]["sha"] for each in told] == [*heads, heads[-1]]
    assert [each.payload["pull_request"]["title"] for each in told] == [*["Tune by tune"] * 4, "Last"]


def test_an_app_hears_what_it_subscribed_to_and_may_see(town: Town) -> None:
    world, receiver = town.world, town.receiver
    quiet = world.create_app("Quiet", town.acme, permissions={"contents": "read"}, webhook_url=receiver.url)
    blind = world.create_app("Blind", town.acme, permissions={"checks": "read"}, events=("pull_request", "check_run"))
    deaf = world.create_app("Deaf", town.acme, permissions={"checks": "write"})
    apps = {app.id: app.slug for app in (quiet, blind, deaf)}
    for app in (quiet, blind, deaf):
        world.install(app, town.acme, repos=[town.models])
        world.set_webhook(app, receiver.url)
    world.suspend_installation(town.installation)
    town.settle()
    receiver.forget()
    pull = town.open_pull()
    run = world.create_run(town.models, deaf, pull.head_sha, RunChange(name="x", conclusion="success"))
    world.rerequest_run(run, town.ben)
    world.commit(town.site, "main", {"index.html": "<p>!\n"}, "C", town.ben)
    town.settle()
    heard = [(apps[int(each.headers["x-github-hook-installation-target-id"])], each.event) for each in receiver.heard()]
    assert sorted(heard) == [
        ("blind", "check_run.completed"),
        ("blind", "check_run.created"),
        ("deaf", "check_run.completed"),
        ("deaf", "check_run.created"),
        ("deaf", "check_run.rerequested"),
        ("deaf", "check_suite.completed"),
        ("deaf", "check_suite.requested"),
    ]


def test_a_suspended_installation_hears_nothing_but_its_suspension(town: Town) -> None:
    town.listen()
    town.world.suspend_installation(town.installation)
    town.open_pull()
    town.world.suspend_installation(town.installation)
    town.world.uninstall(town.installation)
    town.world.commit(town.models, "tune", {"x": "x"}, "C", town.ada)
    town.settle()
    assert town.receiver.events() == ["installation.suspend", "installation.unsuspend", "installation.deleted"]


def test_a_repository_that_is_taken_away_or_given_is_told(town: Town) -> None:
    town.listen()
    town.world.select_repositories(town.installation, [town.site], town.ben)
    town.open_pull()
    town.world.select_repositories(town.installation, None, town.ben)
    town.settle()
    removed, added = town.receiver.heard()
    assert (removed.event, added.event) == ("installation_repositories.removed", "installation_repositories.added")
    assert [each["full_name"] for each in removed.payload["repositories_removed"]] == ["acme/models"]
    assert [each["full_name"] for each in added.payload["repositories_added"]] == ["acme/models"]
    assert (removed.payload["repository_selection"], added.payload["repository_selection"]) == ("selected", "all")


def test_an_app_is_told_of_its_own_doings_as_on_github(town: Town) -> None:
    pull = town.open_pull()
    town.listen()
    token = town.token()
    town.call("POST", f"/repos/acme/models/issues/{pull.number}/comments", token, json={"body": "Hello"})
    status = {"state": "success", "context": "x"}
    town.call("POST", f"/repos/acme/models/statuses/{pull.head_sha}", token, json=status)
    town.settle()
    assert town.receiver.events() == ["issue_comment.created", "status"]
    assert {each.payload["sender"]["login"] for each in town.receiver.heard()} == {"gate[bot]"}


def test_a_review_is_told_with_its_state_in_small_letters(town: Town) -> None:
    pull = town.open_pull()
    town.listen()
    review = {"event": "REQUEST_CHANGES", "body": "No"}
    path = f"/repos/acme/models/pulls/{pull.number}/reviews"
    assert town.call("POST", path, town.token_of(town.ben), json=review).json()["state"] == "CHANGES_REQUESTED"
    town.settle()
    [told] = town.receiver.heard()
    assert (told.event, told.payload["review"]["state"]) == ("pull_request_review.submitted", "changes_requested")


def test_a_webhook_is_lost_or_comes_twice_where_a_fault_says_so(town: Town) -> None:
    pull = town.open_pull()
    town.listen()
    town.world.delivery_faults.append(DeliveryFault("pull_request", "synchronize"))
    town.world.commit(town.models, "tune", {"x": "1"}, "C", town.ada)
    town.world.delivery_faults.append(DeliveryFault("pull_request", kind="duplicate"))
    town.world.commit(town.models, "tune", {"x": "2"}, "C", town.ada)
    town.world.commit(town.models, "tune", {"x": "3"}, "C", town.ada)
    town.settle()
    told = town.receiver.heard(lambda each: each.event == "pull_request.synchronize")
    twice, again, once = told
    assert (twice.guid == again.guid, twice.body == again.body, once.guid == twice.guid) == (True, True, False)
    assert once.payload["after"] == pull.head_sha
    logged = [each for each in town.world.deliveries if each.action == "synchronize"]
    assert [(each.guid, each.redelivery) for each in logged] == [(each.guid, False) for each in told]


def test_what_failed_is_logged_and_sent_again_only_on_demand(town: Town) -> None:
    town.listen()
    town.receiver.status = 500
    pull = town.open_pull()
    town.settle()
    app = town.jwt()
    failed = town.call("GET", "/app/hook/deliveries?status=failure", app).json()
    opened = next(each for each in failed if (each["event"], each["action"]) == ("pull_request", "opened"))
    assert (opened["status_code"], opened["status"]) == (500, "Invalid HTTP Response: 500")
    assert (opened["installation_id"], opened["repository_id"]) == (town.installation.id, town.models.id)
    detail = town.call("GET", f"/app/hook/deliveries/{opened['id']}", app).json()
    assert detail["request"]["payload"]["number"] == pull.number
    assert detail["request"]["headers"]["X-GitHub-Event"] == "pull_request"
    assert detail["response"]["payload"] == '{"accepted":true}'
    assert len(town.receiver.heard(lambda each: each.guid == opened["guid"])) == 1
    town.receiver.status = 202
    assert town.call("POST", f"/app/hook/deliveries/{opened['id']}/attempts", app).status_code == 202
    town.settle()
    first, second = town.receiver.heard(lambda each: each.guid == opened["guid"])
    assert (first.body, first.headers["x-hub-signature-256"]) == (second.body, second.headers["x-hub-signature-256"])
    newest = town.call("GET", "/app/hook/deliveries", app).json()[0]
    assert (newest["guid"], newest["redelivery"], newest["status"]) == (opened["guid"], True, "OK")
    assert opened["id"] in {each["id"] for each in town.call("GET", "/app/hook/deliveries?status=failure", app).json()}


def test_the_log_is_read_page_by_page_and_by_its_own_app_only(town: Town) -> None:
    town.listen()
    for n in range(3):
        town.open_pull(f"branch-{n}")
    town.settle()
    app, found, path = town.jwt(), [], "/app/hook/deliveries?per_page=4"
    while path:
        answer = town.call("GET", path, app)
        found += [each["id"] for each in answer.json()]
        path = answer.links.get("next", {}).get("url", "").removeprefix(town.api)
    assert found == [each.id for each in reversed(town.world.deliveries)]
    assert town.call("GET", "/app/hook/deliveries?cursor=x", app).status_code == 400
    other = town.world.create_app("Other", town.acme, permissions={})
    assert town.call("GET", "/app/hook/deliveries", town.jwt(app=other)).json() == []
    assert town.call("GET", f"/app/hook/deliveries/{found[0]}", town.jwt(app=other)).status_code == 404


def test_nobody_listening_is_a_failed_delivery(town: Town) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    town.world.set_webhook(town.app, f"http://127.0.0.1:{port}/")
    town.settle()
    [ping] = town.world.deliveries
    assert (ping.event, ping.status_code, ping.status) == ("ping", 502, "failed to connect to host")


def test_whoever_answers_too_late_has_not_been_told(receiver: Receiver) -> None:
    world = World()
    webhooks = Webhooks(world, limit=0.2)
    webhooks.start()
    receiver.open.clear()
    app = world.create_app("Slow", world.create_user("ada"), permissions={}, webhook_url=receiver.url)
    webhooks.settle()
    webhooks.stop()
    [ping] = world.deliveries
    assert (ping.app, ping.status_code, ping.status) == (app, 504, "timed out")


def test_waiting_for_what_is_not_sent_ends(town: Town) -> None:
    town.listen()
    town.receiver.open.clear()
    town.open_pull()
    with pytest.raises(TimeoutError, match="3 webhooks were not sent"):
        town.sandbox.webhooks.settle(timeout=0.2)
    town.receiver.open.set()
    town.settle()


def test_what_happens_while_the_sandbox_is_down_is_told_to_nobody(receiver: Receiver) -> None:
    world = World()
    ada = world.create_user("ada")
    app = world.create_app("Gate", ada, permissions={}, webhook_url=receiver.url)
    with Sandbox(world) as sandbox:
        sandbox.webhooks.settle()
        assert receiver.events() == []
        world.ping(app)
        sandbox.webhooks.settle()
    world.ping(app)
    assert (receiver.events(), world.listeners) == (["ping"], [])
