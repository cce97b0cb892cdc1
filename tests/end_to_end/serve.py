"""The service as a process of its own: `python -m tests.end_to_end.serve`, set up by the environment, in less of a hurry.

It is `tunegate serve` with an engine that takes a silent worker for dead after two seconds instead of thirty.
Its grace at the end is the real one: how busy the machine is decides nothing.
"""

from bot.cli.running import listener, serving, start_logging, until_told_to_stop, working_beside
from bot.cli.serve import server
from bot.engine import Pace
from bot.settings import read
from bot.wiring.service import open_service

PACE = Pace(poll=0.1, heartbeat=0.5, stalled_after=2, rescue=1, look=1, soonest=0.1)

if __name__ == "__main__":
    start_logging()
    settings = read()
    place = listener(settings.host, settings.port)
    with (
        until_told_to_stop() as stop,
        open_service(settings, PACE) as service,
        serving(server(service), place),
        working_beside(service),
    ):
        stop.wait()
