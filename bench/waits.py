"""How long other calls wait while guards inspect prompts of 1 MB: `python -m bench.waits`.

The other calls are to /healthz. Each kind of text is sent six times to a gateway that masks, and to one that
does not.
"""

import argparse
import asyncio
import random
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from bench.guards import request_of, started, text

_CHANCE = random.Random(7)
_PING = b"GET /healthz HTTP/1.1\r\nhost: bench\r\n\r\n"
_PAUSE = 0.001  # seconds between two calls
_TIMES = 6


def _drawn(letters: str) -> Callable[[int], str]:
    return lambda size: "".join(_CHANCE.choices(letters, k=size))


def _numbered(form: str) -> Callable[[int], str]:
    return lambda size: "".join(form % _CHANCE.randrange(10_000) for _ in range(size // len(form)))


SHAPES: Mapping[str, Callable[[int], str]] = {
    "calm": lambda size: text(size // 1024, found=False),
    "phone numbers": _numbered("+1 212 555 %04d, "),
    "mail addresses": _numbered("ann%d@night.example "),
    "digits in groups": _drawn("0123456789 -+("),
    "words at random": _drawn("abcdefghijklmnopqrstuvwxyz     .-@:/"),
}


class Waits(NamedTuple):
    """Milliseconds, and the statuses of the prompts' answers."""

    median: float
    p99: float
    most: float
    looks: int
    statuses: tuple[int, ...]


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> int:
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    size = head.partition(b"content-length: ")[2].split(b"\r\n")[0]
    await reader.readexactly(int(size))
    return int(head[9:12])


async def _looks(port: int, stop: asyncio.Event) -> list[float]:
    took = []
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while not stop.is_set():
        began = time.perf_counter()
        await _ask(reader, writer, _PING)
        took.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(_PAUSE)
    writer.close()
    return sorted(took)


async def beside(port: int, requests: Sequence[bytes]) -> Waits:
    """How long /healthz takes while the gateway answers these requests one after another."""
    stop = asyncio.Event()
    statuses = []
    async with asyncio.TaskGroup() as group:
        looking = group.create_task(_looks(port, stop))
        for request in requests:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            statuses.append(await _ask(reader, writer, request))
            writer.close()
        stop.set()
    took = looking.result()
    return Waits(
        took[len(took) // 2], took[int(len(took) * 0.99)], took[-1], len(took), tuple(sorted(set(statuses)))
    )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1_000_000, help="characters of a prompt")
    options = parser.parse_args(arguments)
    out = sys.stdout.write
    out(f"{'others wait, ms':26} {'median':>8} {'p99':>8} {'most':>8} {'looks':>6}  answered\n")
    with started(["off", "masking"]) as gateways:
        for name, running in gateways.items():
            for shape, made in SHAPES.items():
                requests = [request_of(running.server, made(options.size)) for _ in range(_TIMES)]
                found = asyncio.run(beside(running.server.port, requests))
                waited = f"{found.median:8.2f} {found.p99:8.2f} {found.most:8.2f} {found.looks:6}"
                out(f"{name + ', ' + shape:26} {waited}  {' '.join(map(str, found.statuses))}\n")


if __name__ == "__main__":
    main()
