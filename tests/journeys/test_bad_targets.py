"""One of three targets is dead, slow or lying: no caller notices, and it is asked again when it is back."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import pytest

from tests.journeys.program import ADMIN_KEY, Gateway, Simulator, running, show

# Long enough for the quick suite, and as long as is promised.
SHORT, WHOLE = (2.0, 2.0), (10.0, 10.0)
RECOVERY_SECONDS = 30.0
CALLERS = 8
DEADLINES = "{ connect: 2s, headers: 20s, first_content: 20s, idle: 20s, total: 60s }"


@dataclass(frozen=True, slots=True)
class Badness:
    """What happens to one of three, as its server is told it."""

    name: str
    behaviour: dict[str, Any] = field(default_factory=dict)


BAD = (
    Badness("lying", {"faults": [{"kind": "inband_error", "after": 0}]}),
    Badness("dead", {"faults": [{"kind": "refuse"}]}),
    Badness("slow", {"behaviour": {"headers_ms": 5000}}),
    Badness("stalled", {"faults": [{"kind": "stall_content"}]}),
)


@dataclass(slots=True)
class Seen:
    """What callers saw in a stretch of time."""

    good: int = 0
    failed: int = 0
    by_target: dict[str, int] = field(default_factory=dict)


class Place:
    """Three simulators and a gateway that shares its calls among them."""

    def __init__(self, home: Path, stack: ExitStack) -> None:
        self.vendors = []
        for name in "abc":
            (home / name).mkdir()
            vendor = Simulator(home / name)
            stack.enter_context(running(vendor))
            self.vendors.append(vendor)
        (home / "gateway").mkdir()
        self.gateway = Gateway(home / "gateway", self._configuration())
        stack.enter_context(running(self.gateway))

    def _configuration(self) -> str:
        vendors = [
            f'  {name}: {{ kind: sim, base_url: "{vendor.base_url}", deadlines: {DEADLINES} }}'
            for name, vendor in zip("abc", self.vendors, strict=True)
        ]
        targets = "[a/small, b/small, c/small]"
        return "\n".join(
            ("vendors:", *vendors, "models:", f"  three: {{ targets: {targets} }}", f"admin_key: {ADMIN_KEY}")
        )

    def make(self, behaviour: dict[str, Any]) -> None:
        """The first of them behaves so from now on; nothing said: as it should."""
        place = f"{self.vendors[0].base_url.removesuffix('/v1')}/sim/behaviour"
        answer = httpx.put(place, json=behaviour) if behaviour else httpx.delete(place)
        answer.raise_for_status()

    def asked(self) -> list[int]:
        """How many calls each of them has had."""
        return [vendor.get("stats")["requests"] for vendor in self.vendors]

    def circuit(self) -> dict[str, Any]:
        with self.gateway.admin() as admin:
            targets = admin.get("/admin/v1/targets").raise_for_status().json()["data"]
        found: dict[str, Any] = next(each for each in targets if each["target"] == "a/small")
        return found


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with ExitStack() as stack:
        yield Place(tmp_path, stack)


def drive(place: Place, seconds: float) -> Seen:
    """Callers that each ask again as soon as they are answered."""
    seen = Seen()
    ends = time.monotonic() + seconds

    async def caller(session: aiohttp.ClientSession) -> None:
        body = {"model": "three", "stream": True, "messages": [{"role": "user", "content": "Which train?"}]}
        while time.monotonic() < ends:
            async with session.post("/v1/chat/completions", json=body) as response:
                text = await response.read()
                good = response.status == 200 and text.endswith(b"data: [DONE]\n\n")
                seen.good += good
                seen.failed += not good
                target = response.headers.get("x-signalbox-target", "")
                seen.by_target[target] = seen.by_target.get(target, 0) + 1

    async def all_of_them() -> None:
        headers = {"authorization": f"Bearer {place.gateway.key}"}
        async with aiohttp.ClientSession(place.gateway.address, headers=headers) as session:
            await asyncio.gather(*(caller(session) for _ in range(CALLERS)))

    asyncio.run(all_of_them())
    return seen


def a_bad_one_is_left_alone(place: Place, bad: Badness, seconds: tuple[float, float]) -> None:
    """It gets almost nothing once it was found out, and its share again when it is back."""
    healthy = drive(place, 1.0)
    assert healthy.failed == 0 and len(healthy.by_target) == 3
    place.make(bad.behaviour)
    noticed = drive(place, seconds[0])
    before = place.asked()
    after = drive(place, seconds[1])
    share = place.asked()[0] - before[0]
    place.make({})
    back = time.monotonic()
    while place.circuit()["circuit"] != "closed":
        again = drive(place, 1.0)
        assert again.failed == 0
        assert time.monotonic() - back < RECOVERY_SECONDS, place.circuit()
    recovery = time.monotonic() - back
    calls = noticed.good + noticed.failed + after.good + after.failed
    show(
        f"{bad.name}: {calls} calls, {noticed.failed + after.failed} failed; then {share} of "
        f"{after.good} went to it; it is back after {recovery:.1f} s"
    )
    assert noticed.failed + after.failed <= calls * 0.001
    # A call that finds out whether it is back, every ten seconds, is as little as there can be.
    assert share <= max(after.good * 0.01, 1 + seconds[1] / 2)
    assert drive(place, 1.0).by_target.get("a/small", 0) > 0


@pytest.mark.parametrize("bad", BAD[:1], ids=lambda bad: bad.name)
def test_a_bad_target_is_left_alone(place: Place, bad: Badness) -> None:
    a_bad_one_is_left_alone(place, bad, SHORT)


@pytest.mark.soak
@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.name)
def test_a_bad_target_gets_less_than_a_hundredth_within_ten_seconds(place: Place, bad: Badness) -> None:
    a_bad_one_is_left_alone(place, bad, WHOLE)
