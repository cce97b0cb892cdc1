"""How does the sandbox come up and go down?"""

import socket

import pytest
import requests

from bot.sandbox.server import Sandbox
from bot.sandbox.world import World


def test_it_serves_the_api_and_the_pages_of_one_world_under_one_root() -> None:
    world = World()
    ada = world.create_user("ada")
    world.create_repo(ada, "models", {"README.md": "# Models\n"})
    with Sandbox(world) as sandbox:
        assert sandbox.api_url == f"{world.url}/api/v3"
        described = requests.get(f"{sandbox.api_url}/repos/ada/models", headers={"User-Agent": "tests"}, timeout=10)
        assert described.json()["html_url"] == f"{world.url}/ada/models"
        page = requests.get(described.json()["html_url"], timeout=10)
        assert (page.status_code, "text/html" in page.headers["content-type"]) == (200, True)
    with pytest.raises(requests.ConnectionError):
        requests.get(sandbox.api_url, timeout=10)


def test_it_takes_the_port_that_it_is_given_and_not_one_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="in use"):
            Sandbox(World(), port=port).start()
    sandbox = Sandbox(World(), port=port)
    assert sandbox.start() == f"http://127.0.0.1:{port}"
    sandbox.stop()
    sandbox.stop()  # it is down already


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.0.1", "::", "example.test"])
def test_it_is_for_this_machine_only(host: str) -> None:
    with pytest.raises(ValueError, match="no loopback address"):
        Sandbox(World(), host=host)


def test_two_stand_side_by_side() -> None:
    with Sandbox(World()) as one, Sandbox(World()) as other:
        one.world.create_user("ada")
        found = [
            requests.get(f"{each.api_url}/users/ada", headers={"User-Agent": "tests"}, timeout=10).status_code
            for each in (one, other)
        ]
    assert found == [200, 404]
