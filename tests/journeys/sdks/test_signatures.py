"""What a vendor signed comes back to it bit for bit, carried by SDKs that may know nothing of it."""

import base64
from typing import Any

import pytest

from dialects.gemini.signatures import PLACEHOLDER
from tests.journeys.program import Gateway, Simulator
from tests.journeys.sdks.anthropic_sdk import Messages
from tests.journeys.sdks.asking import CALLING, RESULT, Ask, Said, Speaker
from tests.journeys.sdks.conftest import Say
from tests.journeys.sdks.gemini_sdk import Gemini


def signatures(found: Any) -> list[str]:
    """Every signature in a body, in its order, whatever the format calls it."""
    if isinstance(found, list):
        return [each for inner in found for each in signatures(inner)]
    if not isinstance(found, dict):
        return []
    own = [value for name, value in found.items() if name in ("signature", "thoughtSignature") and value]
    return own + [each for inner in found.values() for each in signatures(inner)]


def second_turn(speaker: Speaker, say: Say, vendor: str, simulator: Simulator) -> tuple[Said, Any, Any]:
    """A thought and a call that are answered: the call, with the vendor's two requests."""
    model = f"{vendor}/reasoner"
    called = say(speaker, Ask(model, CALLING, tool=True, thinks=True))
    answer = say(speaker, Ask(model, CALLING, tool=True, thinks=True, said=called))
    assert RESULT.rstrip(".") in answer.text
    first, second = [each["body"] for each in simulator.get("requests?limit=2")["requests"]]
    return called, first, second


def test_anthropics_own_sdk_passes_anthropics_signature_bit_for_bit(
    gateway: Gateway, simulator: Simulator, say: Say
) -> None:
    speaker = Messages(gateway.address, gateway.key)
    called, first, second = second_turn(speaker, say, "anthropic", simulator)
    speaker.close()
    (received,) = signatures(called.turn)
    assert signatures(first) == []
    assert signatures(second) == [received]
    (thought,) = [block for block in second["messages"][1]["content"] if block["type"] == "thinking"]
    assert thought["thinking"] == called.thought


@pytest.fixture(scope="module")
def signed(simulator: Simulator) -> bytes:
    """What Gemini's simulated model signs its call with, asked without the gateway."""
    asking = Gemini(simulator.base_url.removesuffix("/v1"), "vendors-own")
    called = asking.whole(Ask("reasoner", CALLING, tool=True, thinks=True))
    asking.close()
    (signature,) = [part.thought_signature for part in called.turn if part.function_call]
    return bytes(signature)


def test_gemini_gets_its_calls_signature_back_from_every_sdk_that_keeps_ids(
    speaker: Speaker, simulator: Simulator, say: Say, signed: bytes
) -> None:
    _, first, second = second_turn(speaker, say, "gemini", simulator)
    assert signatures(first) == []
    parts = [part for content in second["contents"] for part in content["parts"]]
    (call,) = [part for part in parts if "functionCall" in part]
    # Ollama's SDK keeps no ids: Google takes a placeholder where a signature was lost.
    found = base64.b64decode(
        call["thoughtSignature"], altchars=b"-_" if speaker.name == "google-genai" else None
    )
    assert found == (base64.b64decode(PLACEHOLDER) if speaker.name == "ollama" else signed)
