"""A name is looked up and checked, and what was checked is what is connected to."""

import gzip
from collections.abc import Iterator

import pytest

from agentloop.egress import Forbidden
from config.catalog import GuardFacts, GuardService
from gateway.call import Errand
from gateway.guardrails.couriers import HttpCourier
from tests.gateway.guard_service import Service, guard_service
from tests.gateway.road import WHO, Answer, Road


@pytest.fixture
def service() -> Iterator[Service]:
    with guard_service() as found:
        yield found


class Names:
    """Answers each look-up with the next address."""

    def __init__(self, *addresses: str) -> None:
        self.left = list(addresses)

    async def __call__(self, host: str, port: int) -> list[str]:
        assert host == "guard.test"
        return [self.left.pop(0)]


def facts_of(service: Service, *private: str) -> GuardFacts:
    port = service.url.rpartition(":")[2].partition("/")[0]
    url = f"http://guard.test:{port}/check"
    return GuardFacts("far", "webhook", service=GuardService(url, f"guard.test:{port}", private=private))


async def test_a_name_is_reached_at_the_address_that_was_checked(service: Service) -> None:
    now = 1000.0
    courier = HttpCourier(lambda: now, Names("127.0.0.1", "10.0.0.1"))
    facts, errand = facts_of(service, "127.0.0.0/8"), Errand(Road({"one": [Answer()]}).call(), WHO)
    assert await courier.ask(facts, b"{}", errand) == b'{"findings": []}'
    assert await courier.ask(facts, b"{}", errand) == b'{"findings": []}'  # it is not looked up each time
    [(headers, _), _] = service.requests
    assert headers["host"].startswith("guard.test:") and "x-signalbox-signature" not in headers
    now += 60
    with pytest.raises(Forbidden):  # by now it stands for another address
        await courier.ask(facts, b"{}", errand)
    await courier.close()


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "::ffff:127.0.0.1"])
async def test_a_private_address_is_refused(service: Service, address: str) -> None:
    courier = HttpCourier(lambda: 1000.0, Names(address))
    with pytest.raises(Forbidden):
        await courier.ask(facts_of(service), b"{}", Errand(Road({"one": [Answer()]}).call(), WHO))
    assert service.requests == []
    await courier.close()


async def test_answers_are_asked_for_as_they_are_and_nothing_is_unfolded(service: Service) -> None:
    service.headers = {"content-encoding": "gzip"}
    folded = gzip.compress(b" " * 2_000_000 + b'{"findings": []}')
    service.answer = lambda question: folded
    courier = HttpCourier(lambda: 1000.0, Names("127.0.0.1"))
    errand = Errand(Road({"one": [Answer()]}).call(), WHO)
    assert await courier.ask(facts_of(service, "127.0.0.0/8"), b"{}", errand) == folded
    assert service.requests[0][0]["accept-encoding"] == "identity"
    await courier.close()
