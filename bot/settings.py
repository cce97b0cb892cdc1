"""EDGE. What did the operator set? The only reader of the environment, and the only finder of shipped files."""

from pathlib import Path


def shipped(folder: str) -> Path:
    """Find a shipped folder (policies, migrations, examples): beside the package in a checkout, inside it in a wheel."""
    package = Path(__file__).resolve().parent
    inside = package / "_shipped" / folder
    return inside if inside.is_dir() else package.parent / folder
