"""A prompt of a megabyte with guards before it: others are answered meanwhile, over real sockets."""

import http.client
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from tests.journeys.program import ADMIN_KEY, Gateway, Simulator, running

# The aim is 5 ms beyond what nobody's doing costs. On a machine that others use a process stands still for
# longer than that by itself: the best of some tries counts, and it is held against one without guards.
SECONDS = 0.06
TRIES = 5
MEGABYTE = 1024 * 1024

CALM = "The trains between Ghent and Bruges run every half hour until midnight, and on Sundays every hour. "
FOUND = CALM * 20 + "Write to ann@night-train.example or call +1 212 555 0187. "
TEXTS = {"calm": CALM * (MEGABYTE // len(CALM)), "with findings": FOUND * (MEGABYTE // len(FOUND))}


@pytest.fixture(scope="module")
def gateway(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    configuration = f"""
vendors: {{ sim: {{ kind: sim, base_url: "{simulator.base_url}" }} }}
models: {{ small: {{ targets: [sim/small] }} }}
guards: {{ pii: {{ budget: 30s }}, secrets: {{ budget: 30s }} }}
teams: {{ guarded: {{ guardrails: [pii, secrets] }}, free: {{}} }}
admin_key: {ADMIN_KEY}
"""
    made = Gateway(tmp_path_factory.mktemp("long"), configuration)
    with running(made):
        yield made


def longest(gateway: Gateway, work: Callable[[], None]) -> float:
    """Seconds that somebody waited longest for a short answer while the work was done."""
    over, waits = threading.Event(), [0.0]

    def look() -> None:
        host, port = gateway.address.removeprefix("http://").split(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=30)
        while not over.is_set():
            began = time.perf_counter()
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            waits.append(time.perf_counter() - began)
        connection.close()

    somebody = threading.Thread(target=look)
    somebody.start()
    try:
        work()
    finally:
        over.set()
        somebody.join()
    return max(waits)


@pytest.mark.parametrize("text", TEXTS.values(), ids=list(TEXTS))
def test_others_are_answered_while_guards_read_a_megabyte(gateway: Gateway, text: str) -> None:
    keys = {team: gateway.new_key(team=team)[1] for team in ("guarded", "free")}
    body = {"model": "small", "messages": [{"role": "user", "content": text}]}

    def call(team: str) -> None:
        with gateway.client(keys[team]) as client:
            answer = client.post("/v1/chat/completions", json=body)
            assert answer.status_code == 200, answer.text

    seen = []
    for _ in range(TRIES):
        free, guarded = (longest(gateway, lambda team=team: call(team)) for team in ("free", "guarded"))
        seen.append((free, guarded))
        if guarded < max(SECONDS, 2 * free):
            return
    pytest.fail(f"somebody waited long: {seen}")
