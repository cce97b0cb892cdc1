"""Does the wheel work where nothing but its dependencies is installed: no checkout, no source beside it?"""

import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "TUNEGATE"))}
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=clean, capture_output=True, text=True, timeout=220, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done


def test_the_wheel_in_an_empty_venv_runs_the_demo() -> None:
    with tempfile.TemporaryDirectory(prefix="tg-wheel-") as made:
        place = Path(made)
        place.chmod(0o711)
        run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", place / "dist", cwd=ROOT)
        [wheel] = (place / "dist").glob("*.whl")
        venv.create(place / "venv", with_pip=True)
        binaries = place / "venv" / "bin"
        pip = (binaries / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        run(*pip, "--require-hashes", "-r", ROOT / "requirements" / "run.lock", cwd=place)
        run(*pip, "--no-deps", wheel, cwd=place)
        empty = place / "empty"
        empty.mkdir()
        shown = json.loads(run(binaries / "tunegate", "demo", "--once", "--json", cwd=empty).stdout)
        assert [entry["conclusion"] for entry in shown] == ["success", "failure", "failure"]
        helped = run(binaries / "tunegate", "--help", cwd=empty)
        assert "check" in helped.stdout
