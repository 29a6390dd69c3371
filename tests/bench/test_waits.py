"""What others wait for is asked over real sockets, while prompts are answered."""

import asyncio

from bench.guards import request_of, started
from bench.waits import SHAPES, beside


def test_looks_are_answered_while_long_prompts_are_read() -> None:
    with started(["masking"]) as gateways:
        server = gateways["masking"].server
        requests = [request_of(server, SHAPES["mail addresses"](60_000)) for _ in range(2)]
        found = asyncio.run(beside(server.port, requests))
    assert found.statuses == (200,) and found.looks > 2
    assert 0 < found.median <= found.p99 <= found.most
