"""The vendor and the gateway that journeys share, and what journeys that spoil things need instead."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.bystander import Bystander
from tests.journeys.program import ADMIN_KEY, Gateway, Simulator, running
from tests.journeys.sdk import Awaiting, Blocking, Make, Sdk
from tests.journeys.vendors import KINDS, price_lines, vendor_lines

SHARED = """\
vendors:
  sim: { kind: sim, base_url: "%s" }
models:
  small: { targets: [sim/small] }
  echo: { targets: [sim/echo] }
  tools: { targets: [sim/tools] }
  embed: { targets: [sim/embed-small] }
  "sim/*": { passthrough: sim }
admin_key: %s
log: { format: json }
"""

PATIENCE = 1.5  # seconds that a bystander's call may take on a busy machine
Making = Callable[[str], Gateway]


@pytest.fixture(scope="session")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """A vendor for everybody: look for your own calls in its books, and leave its behaviour alone."""
    simulator = Simulator(tmp_path_factory.mktemp("simulator"))
    with running(simulator):
        yield simulator


@pytest.fixture(scope="session")
def configuration(simulator: Simulator) -> str:
    """A configuration with all that the simulator serves, each also as `sim/NAME`."""
    return SHARED % (simulator.base_url, ADMIN_KEY)


@pytest.fixture(scope="session")
def gateway(configuration: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway for everybody who leaves it as it was."""
    gateway = Gateway(tmp_path_factory.mktemp("gateway"), configuration)
    with running(gateway):
        yield gateway


@pytest.fixture(scope="session")
def every_format(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway with a vendor for each format, named as the format is; for everybody, as `gateway` is."""
    passed = [f'  "{each.value}/*": {{ passthrough: {each.value} }}' for each in KINDS]
    passed += ["  echo: { targets: [chat/echo] }", "  small: { targets: [chat/small] }"]
    vendors = vendor_lines(simulator.base_url, "{ connect: 10s }")
    lines = (*vendors, "models:", *passed, *price_lines(), f"admin_key: {ADMIN_KEY}", "log: { format: json }")
    gateway = Gateway(tmp_path_factory.mktemp("every-format"), "\n".join(lines))
    with running(gateway):
        yield gateway


@pytest.fixture
def make_gateway(tmp_path: Path) -> Iterator[Making]:
    """Starts gateways of one's own, each on a fresh state directory; they end with the test."""
    with ExitStack() as stack:

        def make(configuration: str) -> Gateway:
            home = tmp_path / f"gateway-{len(list(tmp_path.iterdir()))}"
            home.mkdir()
            gateway = Gateway(home, configuration)
            stack.enter_context(running(gateway))
            return gateway

        yield make


@pytest.fixture(scope="module")
def gateway_for_a_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Making]:
    """As `make_gateway`, for all tests of one file."""
    with ExitStack() as stack:

        def make(configuration: str) -> Gateway:
            gateway = Gateway(tmp_path_factory.mktemp("gateway"), configuration)
            stack.enter_context(running(gateway))
            return gateway

        yield make


@pytest.fixture(scope="module")
def bystander(gateway: Gateway) -> Iterator[Bystander]:
    """Calls the shared gateway all the while that a file's tests run."""
    with Bystander(gateway) as somebody:
        yield somebody


@pytest.fixture
def others_go_on(gateway: Gateway, bystander: Bystander) -> Iterator[None]:
    """After the test: nothing was a 500, and everybody else was answered in time."""
    before = len(bystander.calls)
    yield
    for other in bystander.since(before):
        assert other.status == 200
        assert other.seconds < PATIENCE
    assert gateway.metric("signalbox_requests_total", status="500") == 0


@pytest.fixture(params=[Blocking, Awaiting], ids=["blocking", "awaiting"])
def make(request: pytest.FixtureRequest, gateway: Gateway) -> Iterator[Make]:
    """Makes clients of one kind; options go to the SDK's constructor."""
    made: list[Sdk] = []

    def client(**options: Any) -> Sdk:
        usual = {"base_url": gateway.base_url, "api_key": gateway.key, "max_retries": 0, "timeout": 30}
        made.append(request.param(**{**usual, **options}))
        return made[-1]

    yield client
    for each in made:
        each.close()


@pytest.fixture
def sdk(make: Make) -> Sdk:
    return make()
