"""The two sides of the table: every official SDK, every vendor."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

import pytest

from tests.journeys.program import Gateway, Simulator, running
from tests.journeys.sdks.asking import Ask, Said, Speaker
from tests.journeys.sdks.every import SPEAKERS
from tests.journeys.sdks.vendors import KINDS, configuration

Say = Callable[[Speaker, Ask], Said]

WAYS: Mapping[str, Say] = MappingProxyType(
    {
        "whole": lambda speaker, ask: speaker.whole(ask),
        "streamed": lambda speaker, ask: speaker.stream(ask),
    }
)


@pytest.fixture(scope="session")
def gateway(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway with a vendor of every kind."""
    gateway = Gateway(tmp_path_factory.mktemp("sdks"), configuration(simulator.base_url))
    with running(gateway):
        yield gateway


@pytest.fixture(scope="session", params=SPEAKERS)
def speaker(request: pytest.FixtureRequest, gateway: Gateway) -> Iterator[Speaker]:
    """An SDK that does not try again."""
    made = SPEAKERS[request.param](gateway.address, gateway.key)
    yield made
    made.close()


@pytest.fixture(params=KINDS)
def vendor(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=WAYS)
def say(request: pytest.FixtureRequest) -> Say:
    """Asks, and puts together what comes."""
    return WAYS[request.param]
