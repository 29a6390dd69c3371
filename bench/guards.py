"""What guards cost: CPU of a call with masking over CPU of one without, and of each detector per KB.

`python -m bench.guards` starts gateways and loads them in turn; `--detectors` measures only the detectors.
Masking is what a team would switch on to keep its data private: `pii` on requests, `secrets` on requests and
answers, which are inspected as they stream. Prompts have 1 KB; answers have 170 bytes of text, or 50 pieces
if streamed.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench import wire
from bench.measure import Cores, cpu_seconds
from bench.ports import free_port
from bench.servers import Running, Server, running
from bench.subjects import Maker, Place, gateway, guarded, upstream
from config.catalog import GuardFacts
from config.discover import load
from guardrails.guard import GuardKind, Segment

DETECTORS = ("pii", "secrets", "injection", "links")
SUBJECTS: Mapping[str, Maker] = {
    "off": gateway,
    "pii": guarded("pii", ["pii"]),
    "masking": guarded("masking", ["pii", "secrets"]),
    "all": guarded("all", DETECTORS),
}
_CONNECTIONS = 8
_PACED = wire.Shape(chunks=50, interval_ms=5).model
_WARM_UP = 0.5  # seconds

_CALM = (
    "The trains between Ghent and Bruges run every half hour until midnight, and on Sundays every hour. "
    "A function returns the sum of a list; write a test that shows what it does for an empty one. "
    "Please summarise the following paragraphs in three sentences, and keep the tone friendly. "
    "Our deployment uses three replicas behind a load balancer, with readiness probes on port 8000. "
    "In 2019 the committee met twelve times and approved 34 proposals, most of them about parking. "
)
_FOUND = "Write to ann.smith@night-train.example or call +1 212 555 0187; the card is 4111 1111 1111 1111. "


def text(kilobytes: int, *, found: bool) -> str:
    """Harmless words; with `found`, personal data in each KB."""
    kilobyte = (_CALM * 3)[: 1024 - len(_FOUND)] + _FOUND if found else (_CALM * 3)[:1024]
    return kilobyte * kilobytes


def per_kilobyte(kind: str, said: str, seconds: float = 0.3) -> float:
    """Microseconds of CPU that a guard takes per KB of text: the best of several tries."""
    guard = load("guardrails.guards", kind, "GUARD", GuardKind).build(GuardFacts(kind, kind))
    segment = Segment("input", said.encode())
    guard.inspect(segment)
    best, until = float("inf"), time.monotonic() + seconds
    while time.monotonic() < until:
        began = time.process_time()
        for _ in range(10):
            guard.inspect(segment)
        best = min(best, (time.process_time() - began) / 10)
    return best * 1e6 / (len(segment.text) / 1024)


@dataclass(frozen=True, slots=True)
class Turn:
    """What one gateway did in its turn."""

    calls: int
    cpu: float  # seconds

    @property
    def micros(self) -> float:
        return self.cpu * 1e6 / max(self.calls, 1)


_LAST_CHUNK = b"\r\n0\r\n\r\n"


async def calls(port: int, request: bytes, seconds: float) -> int:
    """Makes calls on several connections, consecutively on each; returns how many were answered with 200."""
    until = time.monotonic() + seconds

    async def one() -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        done = 0
        try:
            while time.monotonic() < until:
                writer.write(request)
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                if not head.startswith(b"http/1.1 200"):
                    raise RuntimeError(f"a call was answered with {head[:60]!r}")
                size = head.partition(b"content-length: ")[2].split(b"\r\n")[0]
                await (reader.readexactly(int(size)) if size else reader.readuntil(_LAST_CHUNK))
                done += 1
        finally:
            writer.close()
        return done

    return sum(await asyncio.gather(*(one() for _ in range(_CONNECTIONS))))


def request_of(server: Server, said: str, *, stream: bool = False, paced: bool = False) -> bytes:
    """A chat call as bytes; a `paced` stream has an event every five milliseconds."""
    asked = {
        "model": _PACED if paced else wire.MODEL,
        "messages": [{"role": "user", "content": said}],
        "stream": stream,
    }
    body = json.dumps(asked).encode()
    lines = [f"POST {wire.PATH} HTTP/1.1", "host: bench", "content-type: application/json"]
    lines += [f"content-length: {len(body)}", *(f"{name}: {value}" for name, value in server.headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def turn(of: Running, said: str, seconds: float, *, stream: bool = False, paced: bool = False) -> Turn:
    """Loads one gateway, and measures its CPU time."""
    request = request_of(of.server, said, stream=stream, paced=paced)
    asyncio.run(calls(of.server.port, request, _WARM_UP))
    before = cpu_seconds(of.pid)
    done = asyncio.run(calls(of.server.port, request, seconds))
    return Turn(done, cpu_seconds(of.pid) - before)


@contextmanager
def started(names: Sequence[str]) -> Iterator[dict[str, Running]]:
    """The gateways with these names, all with the same vendor."""
    cores = Cores.split(sorted(os.sched_getaffinity(0)))
    with ExitStack() as stack:
        vendor = free_port()
        stack.enter_context(running(upstream(Place(vendor, vendor, (), Path())), cores.others))
        found = {}
        for name in names:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            server = SUBJECTS[name](Place(free_port(), vendor, (_PACED,), folder))
            found[name] = stack.enter_context(running(server, cores.server))
        yield found


def compared(
    said: str, seconds: float, rounds: int, *, stream: bool = False, paced: bool = False
) -> dict[str, float]:
    """CPU microseconds per call by gateway: medians over rounds in which the gateways take turns."""
    with started(list(SUBJECTS)) as gateways:
        turns: dict[str, list[float]] = {name: [] for name in gateways}
        for _ in range(rounds):
            for name, each in gateways.items():
                turns[name].append(turn(each, said, seconds, stream=stream, paced=paced).micros)
    return {name: median(each) for name, each in turns.items()}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--detectors", action="store_true", help="without gateways")
    parser.add_argument("--seconds", type=float, default=3.0, help="of one gateway's turn")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args(arguments)
    out = sys.stdout.write
    out("CPU per KB, µs             clean  with findings\n")
    sums = [0.0, 0.0]
    for kind in DETECTORS:
        took = [per_kilobyte(kind, text(1, found=found)) for found in (False, True)]
        sums = [before + each for before, each in zip(sums, took, strict=True)]
        out(f"{kind:24} {took[0]:8.1f} {took[1]:14.1f}\n")
    out(f"{'together':24} {sums[0]:8.1f} {sums[1]:14.1f}\n")
    if options.detectors:
        return
    for label, found, stream, paced in (
        ("1 KB, clean", False, False, False),
        ("1 KB, with findings", True, False, False),
        ("1 KB, clean, a stream, an event every 5 ms", False, True, True),
        ("1 KB, with findings, a stream, an event every 5 ms", True, True, True),
        ("1 KB, clean, a stream that comes at once", False, True, False),
        ("1 KB, with findings, a stream that comes at once", True, True, False),
    ):
        said = text(1, found=found)
        cost = compared(said, options.seconds, options.rounds, stream=stream, paced=paced)
        out(f"\nCPU per call, µs, {label}\n")
        for name, micros in cost.items():
            out(f"{name:24} {micros:8.0f} {micros / cost['off']:13.2f}x\n")


if __name__ == "__main__":
    main()
