"""What is masked never reaches the vendor, and comes back: over real sockets, in every format."""

import json
from collections.abc import Iterator

import httpx
import pytest

from config.kinds import Operation
from tests.formats import FORMATS
from tests.journeys.program import ADMIN_KEY, Gateway, Simulator, running
from tests.journeys.vendors import KINDS, vendor_lines

TALKING = (
    Operation.CHAT,
    Operation.RESPONSES,
    Operation.MESSAGES,
    Operation.GENERATE_CONTENT,
    Operation.GENERATE_CONTENT_ARRAY,
    Operation.CONVERSE,
    Operation.COHERE_CHAT,
    Operation.OLLAMA_CHAT,
)
MAIL = "tramper.37@night-train.example"
WORDS = f"Please write to {MAIL} and to nobody else, café {MAIL}."


@pytest.fixture(scope="module")
def masking(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    passed = [f'  "{each.value}/*": {{ passthrough: {each.value} }}' for each in KINDS]
    lines = (
        *vendor_lines(simulator.base_url, "{ connect: 10s }"),
        "models:",
        *passed,
        "teams:",
        "  support: { guardrails: [pii] }",
        f"admin_key: {ADMIN_KEY}",
        "log: { format: json, level: debug }",
    )
    gateway = Gateway(tmp_path_factory.mktemp("masking"), "\n".join(lines))
    with running(gateway):
        yield gateway


@pytest.fixture(scope="module")
def key(masking: Gateway) -> str:
    return masking.new_key(team="support")[1]


def sent(simulator: Simulator) -> str:
    """Everything that vendors were sent so far."""
    return json.dumps(simulator.get("requests?limit=1000"), ensure_ascii=False)


def ask(gateway: Gateway, key: str, caller: Operation, model: str, stream: bool) -> httpx.Response:
    form = FORMATS[caller]
    with gateway.client(key) as client:
        return client.post(form.at(model, stream=stream), json=form.ask(model, WORDS, stream=stream))


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("caller", TALKING)
def test_an_address_is_masked_on_its_way_and_comes_back(
    masking: Gateway, simulator: Simulator, key: str, caller: Operation, stream: bool
) -> None:
    vendor = Operation.GENERATE_CONTENT if caller is Operation.GENERATE_CONTENT_ARRAY else caller
    answer = ask(masking, key, caller, f"{vendor.value}/echo", stream)
    assert answer.status_code == 200, answer.text
    assert FORMATS[caller].text(answer.content, stream=stream) == WORDS
    if stream:
        assert FORMATS[caller].clean.search(answer.content)
    assert MAIL not in sent(simulator) and "<EMAIL_" in sent(simulator)
    assert MAIL not in masking.log.read_text()
