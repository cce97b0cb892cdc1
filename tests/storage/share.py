"""A second process on a data folder: `python -m tests.storage.share FOLDER [durable]` says the URL and stays until told to go."""

import sys
from pathlib import Path

from bot.storage.embedded import EmbeddedPostgres

if __name__ == "__main__":
    server = EmbeddedPostgres(durable=len(sys.argv) > 2)
    print(server.start(Path(sys.argv[1])), flush=True)
    sys.stdin.readline()
    server.stop()
