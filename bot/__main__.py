"""ENTRY. `python -m bot` is `tunegate`."""

from bot.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
