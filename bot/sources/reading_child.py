"""What does a reading process do? One request after the other, within its limits; it ends when the service does.

Started as `python -m bot.sources.reading_child MEGABYTES SECONDS [FILE]`, by `reading_process` only; FILE is the number of an
open file, a large one, which this process reads and no other.
"""

import math
import os
import resource
import signal
import sys

import msgspec

from bot.readiness.eval_report import Composition
from bot.readiness.evidence import GraderTests, HumanChecks, Latency, MonthlyValue, Usage
from bot.readiness.fact import Unavailable
from bot.readiness.manifest import Manifest
from bot.readiness.rules.language import holds
from bot.readiness.serving_config import ServingConfig
from bot.readiness.training_config import TrainingConfig
from bot.sources.on_disk import mapped
from bot.sources.reader import InThisProcess
from bot.sources.reading_wire import (
    OUT_OF_MEMORY,
    READY,
    RULE_SECONDS,
    Answer,
    DataRequest,
    EvalRequest,
    Request,
    RuleRequest,
    SmallRequest,
    exactly,
    receive,
    send,
)


def main() -> None:
    """Serve until the service closes the pipe."""
    megabytes, seconds = int(sys.argv[1]), int(sys.argv[2])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C is the service's to act on
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * 2**20, megabytes * 2**20))
    requests, answers, reader = sys.stdin.buffer, sys.stdout.buffer, InThisProcess()
    decoder, encoder = msgspec.msgpack.Decoder(Request), msgspec.msgpack.Encoder()
    send(answers, READY)
    try:
        while (frame := receive(requests)) is not None:
            request = decoder.decode(frame)
            _allow(min(seconds, RULE_SECONDS) if isinstance(request, RuleRequest) else seconds)
            send(answers, encoder.encode(_answer(request, reader)))
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except OSError:
        os._exit(1)  # the service is gone


def _answer(request: Request, reader: InThisProcess) -> Answer:
    pipe = sys.stdin.buffer
    match request:
        case EvalRequest():
            artifact = exactly(request.artifact, pipe)
            rows = None if request.rows is None else exactly(request.rows, pipe)
            siblings = {name: exactly(size, pipe) for name, size in request.siblings.items()}
            report = reader.eval_report(artifact, rows, request.run, request.wanted, siblings)
            return Answer(trouble=report) if isinstance(report, Unavailable) else Answer(report=report)
        case DataRequest():
            data = mapped(int(sys.argv[3]), request.data) if request.on_disk else exactly(request.data, pipe)
            beside = {name: exactly(size, pipe) for name, size in request.beside.items()}
            profile = reader.data_profile(
                data, request.form, request.method, beside, request.keys, request.output, request.faults_kept
            )
            return Answer(trouble=profile) if isinstance(profile, Unavailable) else Answer(profile=profile)
        case RuleRequest():
            return Answer(truth=holds(request.expression, exactly(request.given, pipe)))
        case SmallRequest():
            match reader.small(request.kind, exactly(request.data, pipe)):
                case HumanChecks() as checks:
                    return Answer(checks=checks)
                case Composition() as sample:
                    return Answer(sample=sample)
                case Latency() as latency:
                    return Answer(latency=latency)
                case GraderTests() as tests:
                    return Answer(grader_tests=tests)
                case TrainingConfig() as config:
                    return Answer(config=config)
                case ServingConfig() as serving:
                    return Answer(serving=serving)
                case Manifest() as manifest:
                    return Answer(manifest=manifest)
                case Usage() as usage:
                    return Answer(usage=usage)
                case MonthlyValue() as value:
                    return Answer(value=value)
                case Unavailable() as trouble:
                    return Answer(trouble=trouble)
                case ids:
                    return Answer(ids=ids)


def _allow(seconds: int) -> None:
    """Give this request its seconds of computing; beyond them the kernel ends the process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = math.ceil(used.ru_utime + used.ru_stime) + seconds
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


if __name__ == "__main__":
    main()
