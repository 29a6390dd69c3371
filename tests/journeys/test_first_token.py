"""Guards before a stream do not keep its first words: nothing is late but what may still become a finding."""

import json
import time
from collections.abc import Iterator, Mapping
from statistics import quantiles

import httpx
import pytest

from tests.journeys.program import ADMIN_KEY, Gateway, Simulator, running

pytestmark = pytest.mark.quiet

# 1 KB with three findings, which come back in the answer. The model says it from its beginning.
WORDS = (
    "The trains between Ghent and Bruges run every half hour. " * 17
    + "Write to ann@night-train.example or call +1 212 555 0187; the card is 4111 1111 1111 1111."
)
PAIRS, ROUNDS = 40, 6
ADDED = 0.005  # seconds; the best round counts, for others use this machine, too


@pytest.fixture(scope="module")
def keys(
    simulator: Simulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, httpx.Client]]:
    configuration = f"""
vendors: {{ sim: {{ kind: sim, base_url: "{simulator.base_url}" }} }}
models: {{ echo: {{ targets: [sim/echo] }} }}
teams:
  masked: {{ guardrails: [pii, secrets] }}
  bare: {{}}
admin_key: {ADMIN_KEY}
"""
    gateway = Gateway(tmp_path_factory.mktemp("first-token"), configuration)
    with (
        running(gateway),
        gateway.client(gateway.new_key(team="masked")[1]) as masked,
        gateway.client(gateway.new_key(team="bare")[1]) as bare,
    ):
        yield {"masked": masked, "bare": bare}


def first_word(client: httpx.Client) -> tuple[float, str]:
    """Seconds until a stream says something, and all that it says."""
    body = {"model": "echo", "messages": [{"role": "user", "content": WORDS}], "stream": True}
    began, first, said = time.perf_counter(), 0.0, ""
    with client.stream("POST", "/chat/completions", json=body) as answer:
        for line in answer.iter_lines():
            if not line.startswith("data: {"):
                continue
            for choice in json.loads(line[6:])["choices"]:
                said += choice["delta"].get("content") or ""
            if said and not first:
                first = time.perf_counter() - began
    return first, said


def test_the_first_word_comes_five_milliseconds_later_at_most(keys: Mapping[str, httpx.Client]) -> None:
    added = []
    for client in [*keys.values()] * 5:
        first_word(client)
    for _ in range(ROUNDS):
        took: dict[str, list[float]] = {name: [] for name in keys}
        for _ in range(PAIRS):
            for name, client in keys.items():
                first, said = first_word(client)
                assert said == WORDS
                took[name].append(first)
        late, early = (quantiles(took[name], n=20)[-1] for name in ("masked", "bare"))
        added.append(late - early)
        if added[-1] < ADDED:
            return
    pytest.fail(f"the 95th percentiles were apart by {[f'{each * 1000:.1f} ms' for each in added]}")
