"""What is another's idea of GitHub? `emulate`, which knows nothing of us: a program of Node's, started for a test module."""

import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from select import select
from typing import Any

from tests.peers import npm
from tests.peers.npm import Package, PeerLacking

PACKAGES = (  # 0.12 needs a newer Node than 20
    Package(
        "emulate",
        "0.11.2",
        "BHs1rG/yPQ4kM+9aUz7fg4MDn0MshxOs0Ch2ciuNFPsN4PfCxQWP/9DGFZx+h+RvcIwX5n+hV308Ba7SxBc6nQ==",
    ),
    Package(
        "commander",
        "14.0.3",
        "H+y0Jo/T1RZ9qPP4Eh1pkcQcLRglraJaSLoyOtHxu6AapkjWVCy2Sit1QQ4x3Dng8qDlSsZEet7g5Pq06MvTgw==",
    ),
    Package(
        "picocolors",
        "1.1.1",
        "xceH2snhtb5M9liqDsmEw56le376mTZkEX/jEb/RxNFyegNul7eNslCXP9FDj/Lcu0X8KEyMceP2ntpaHrDEVA==",
    ),
    Package(
        "yaml",
        "2.9.1",
        "3NxN8+78OdzbT7C/WjGsyfPAtJaN3FNDsWxv7Y7mcDsT/oOmgW8BpyQQFFBnvZE3j9Y2Sdz1ULFLezL7Eb2yFw==",
    ),
)
_NODE = 20
_SECONDS = 30  # until it listens

# it listens everywhere unless told otherwise, and must not outlive us: our end of the pipe closes when we do
_PROGRAM = """
import net from "node:net";
const [port, seed] = [Number(process.argv[1]), JSON.parse(process.argv[2])];
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function () {
  return listen.call(this, { port, host: "127.0.0.1" }, () => console.log("listening"));
};
process.stdin.on("end", () => process.exit()).resume();
const { createEmulator } = await import("emulate");
await createEmulator({ service: "github", port, seed, baseUrl: `http://127.0.0.1:${port}` });
"""


def prepared() -> tuple[str, Path]:
    """Find Node and the installed package; raises PeerLacking."""
    node = shutil.which("node")
    if node is None:
        raise PeerLacking(f"{PACKAGES[0]} needs Node {_NODE}, and there is none")
    asked = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30, check=True)
    version = asked.stdout.strip()
    if int(version.removeprefix("v").partition(".")[0]) < _NODE:
        raise PeerLacking(f"{PACKAGES[0]} needs Node {_NODE}, and here is {version}")
    return node, npm.install(*PACKAGES)


@contextmanager
def emulate(seed: dict[str, Any]) -> Iterator[str]:
    """Run it, seeded, and give the root of its API."""
    node, folder = prepared()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [node, "--input-type=module", "--eval", _PROGRAM, str(port), json.dumps(seed)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=folder, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT) as process:
        try:
            assert process.stdout is not None
            spoke, _, _ = select([process.stdout], [], [], _SECONDS)
            said = process.stdout.readline() if spoke else b"nothing"
            assert said == b"listening\n", f"emulate did not start: {said!r} {process.poll()}"
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()
