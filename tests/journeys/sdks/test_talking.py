"""Every official SDK works as it is with every vendor: only its base URL and its key are changed."""

import json
from typing import Any

import pytest

from tests.journeys.program import Simulator
from tests.journeys.sdks.asking import CALLING, PIXEL, RESULT, TOOL, WORDS, Ask, Speaker
from tests.journeys.sdks.conftest import Say
from tests.journeys.sdks.vendors import KINDS, path_of

# Anthropic has no embeddings, and Bedrock's Converse none.
NOTHING_EMBEDDED = ("anthropic", "bedrock")


def last_request(simulator: Simulator) -> Any:
    """What the vendor was sent last."""
    (request,) = simulator.get("requests?limit=1")["requests"]
    return request


def billed(simulator: Simulator) -> tuple[int, int]:
    line = simulator.settled()[-1]
    return line["input"], line["output"]


def test_a_stream_says_and_counts_the_same_as_the_whole_answer(
    speaker: Speaker, vendor: str, simulator: Simulator
) -> None:
    whole = speaker.whole(Ask(f"{vendor}/small"))
    assert WORDS.partition(".")[0] in whole.text
    assert whole.ended == "stop"
    assert whole.tokens == billed(simulator)
    assert last_request(simulator)["path"] == path_of(speaker.name, vendor)
    streamed = speaker.stream(Ask(f"{vendor}/small"))
    assert "".join(streamed.pieces) == streamed.text == whole.text
    assert len(streamed.pieces) > 5, "the text came in lumps"
    assert (streamed.ended, streamed.tokens) == (whole.ended, whole.tokens)


def test_a_tool_is_called_and_its_result_is_answered(speaker: Speaker, vendor: str, say: Say) -> None:
    ask = Ask(f"{vendor}/small", CALLING, tool=True)
    called = say(speaker, ask)
    (call,) = called.calls
    assert called.ended == "tools"
    assert call.name == TOOL
    assert isinstance(call.arguments["city"], str)
    assert isinstance(call.arguments["days"], int)
    answer = say(speaker, Ask(f"{vendor}/small", CALLING, tool=True, said=called))
    assert RESULT.rstrip(".") in answer.text
    assert answer.ended == "stop"
    assert not answer.calls


def test_thoughts_come_apart_from_the_answer(speaker: Speaker, vendor: str, say: Say) -> None:
    answer = say(speaker, Ask(f"{vendor}/reasoner", thinks=True))
    assert answer.thought.startswith("The user wants: Tell the signalman")
    assert answer.thought.endswith("then answer in a few sentences.")
    assert WORDS.partition(".")[0] in answer.text
    assert answer.thought not in answer.text
    assert answer.ended == "stop"


def test_a_system_prompt_and_an_image_reach_the_vendor(
    speaker: Speaker, vendor: str, simulator: Simulator
) -> None:
    answer = speaker.whole(Ask(f"{vendor}/echo", system="Speak as a signalman.", image=True))
    assert answer.text == WORDS
    sent = json.dumps(last_request(simulator)["body"])
    assert "Speak as a signalman." in sent
    assert PIXEL in sent


def test_an_answer_at_its_limit_says_so(speaker: Speaker, vendor: str, say: Say) -> None:
    answer = say(speaker, Ask(f"{vendor}/large", limit=9))
    assert answer.ended == "length"
    assert answer.tokens[1] == 9


def test_an_answer_ends_before_a_stop_sequence(speaker: Speaker, vendor: str, say: Say) -> None:
    if "stop" not in speaker.wishes:
        pytest.skip("this API has no stop sequences")
    answer = say(speaker, Ask(f"{vendor}/echo", stop=" Then"))
    assert answer.text == WORDS.partition(" Then")[0]
    assert answer.ended == "stop"


def test_structured_output_fits_its_schema(speaker: Speaker, vendor: str) -> None:
    person = json.loads(speaker.whole(Ask(f"{vendor}/small", schema=True)).text)
    assert person.keys() == {"name", "age"}
    assert isinstance(person["age"], int)


@pytest.mark.parametrize("vendor", [name for name in KINDS if name not in NOTHING_EMBEDDED])
def test_texts_are_embedded(speaker: Speaker, vendor: str) -> None:
    texts = ["a red signal", "a green signal", "porridge"]
    try:
        red, green, porridge = speaker.embed(f"{vendor}/embed-small", texts)
    except NotImplementedError:
        pytest.skip("this API has no embeddings")
    assert alike(red, green) > alike(red, porridge)


def alike(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))
