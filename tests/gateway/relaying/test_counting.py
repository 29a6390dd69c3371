"""The vendor's own count comes first; what it does not tell is counted here, or marked as a guess."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.kinds import Operation
from dialects.usage import Told as Cost
from dialects.usage import Usage
from gateway.relaying.counting import Asked, Count, Told, count, told

DRAWN = {"input_tokens": 9, "output_tokens": 272, "input_tokens_details": {"cached_tokens": 4}}
HEARD = {
    "type": "tokens",
    "input_tokens": 14,
    "output_tokens": 3,
    "input_token_details": {"audio_tokens": 14},
}

TABLE = [
    pytest.param(
        Operation.IMAGES,
        Asked(images=4),
        Told(images=3, complete=True),
        Count(Usage(), 3, "image"),
        id="as drawn",
    ),
    pytest.param(
        Operation.IMAGE_EDITS,
        Asked(images=2),
        Told(),
        Count(Usage(), 2, "image", estimated=True),
        id="as asked, when nobody knows what was drawn",
    ),
    pytest.param(
        Operation.IMAGES,
        Asked(),
        Told(usage=DRAWN, images=1, complete=True),
        Count(Usage(9, 272, 4, output_image=272), 1, "image"),
        id="a picture in tokens",
    ),
    pytest.param(
        Operation.IMAGE_EDITS,
        Asked(),
        Told(
            usage={
                "input_tokens": 300,
                "output_tokens": 280,
                "input_tokens_details": {"image_tokens": 290, "text_tokens": 10},
                "output_tokens_details": {"image_tokens": 272, "text_tokens": 8},
            },
            images=1,
            complete=True,
        ),
        Count(Usage(300, 280, input_image=290, output_image=272), 1, "image"),
        id="a picture of a picture, with words",
    ),
    pytest.param(
        Operation.SPEECH,
        Asked(characters=7),
        Told(complete=True),
        Count(Usage(), 7, "character", likely=Usage(2, 10, output_audio=10)),
        id="said",
    ),
    pytest.param(
        Operation.SPEECH,
        Asked(characters=7),
        Told(usage={"input_tokens": 3, "output_tokens": 9}, complete=True),
        Count(Usage(3, 9), 7, "character"),
        id="said in tokens",
    ),
    pytest.param(
        Operation.TRANSCRIPTIONS,
        Asked(),
        Told(complete=True, written=31),
        Count(Usage(), 3, "second", True, Usage(51, 8, input_audio=51)),
        id="seconds of a text that tells none",
    ),
    pytest.param(
        Operation.TRANSLATIONS,
        Asked(),
        Told(complete=True, written=40, ends=3723),
        Count(Usage(), 3723, "second", True, Usage(63_291, 10, input_audio=63_291)),
        id="seconds of captions",
    ),
    pytest.param(
        Operation.TRANSCRIPTIONS,
        Asked(),
        Told(usage={"type": "duration", "seconds": 12}, complete=True),
        Count(Usage(), 12, "second"),
        id="seconds that the vendor counted",
    ),
    pytest.param(
        Operation.TRANSLATIONS,
        Asked(),
        Told(duration=2.5, complete=True),
        Count(Usage(), 3, "second"),
        id="seconds rounded",
    ),
    pytest.param(
        Operation.TRANSCRIPTIONS,
        Asked(),
        Told(duration="8.470000267028809", complete=True),
        Count(Usage(), 8, "second"),
        id="seconds in a text",
    ),
    pytest.param(
        Operation.TRANSCRIPTIONS,
        Asked(),
        Told(usage={"prompt_audio_seconds": 203, "prompt_tokens": 4, "completion_tokens": 6}, complete=True),
        Count(Usage(4, 6), 203, "second"),
        id="seconds in Mistral's words",
    ),
    pytest.param(
        Operation.IMAGES,
        Asked(images=2),
        Told(usage={"cost_in_usd_ticks": 400_000_005}, images=2, complete=True),
        Count(Cost.of(Usage(), 40_000_001), 2, "image"),
        id="what xAI takes for pictures",
    ),
    pytest.param(
        Operation.IMAGES,
        Asked(),
        Told(usage={"prompt_tokens": 3, "completion_tokens": 9, "cost": 0.04}, images=1, complete=True),
        Count(Cost.of(Usage(3, 9, output_image=9), 40_000_000), 1, "image"),
        id="what a router takes for a picture in tokens",
    ),
    pytest.param(
        Operation.TRANSCRIPTIONS,
        Asked(),
        Told(usage=HEARD, complete=True),
        Count(Usage(14, 3, input_audio=14), 0, "second"),
        id="sound in tokens",
    ),
    pytest.param(
        Operation.TRANSCRIPTIONS,
        Asked(),
        Told(complete=True),
        Count(Usage(), 0, "second", estimated=True),
        id="plain text tells nothing",
    ),
    pytest.param(Operation.MODERATIONS, Asked(), Told(complete=True), Count(Usage(), 1, "call"), id="judged"),
    pytest.param(
        Operation.MODERATIONS,
        Asked(),
        Told(usage={"prompt_tokens": 5}, complete=True),
        Count(Usage(5), 1, "call"),
        id="judged in tokens",
    ),
    pytest.param(
        Operation.COHERE_RERANK,
        Asked(documents=3),
        Told(meta={"billed_units": {"search_units": 2.0}}, complete=True),
        Count(Usage(), 2, "search"),
        id="searches that the vendor counted",
    ),
    pytest.param(
        Operation.RERANK,
        Asked(documents=101),
        Told(complete=True),
        Count(Usage(), 2, "search", estimated=True),
        id="searches guessed",
    ),
    pytest.param(
        Operation.RERANK,
        Asked(documents=3),
        Told(usage={"total_tokens": 40}, complete=True),
        Count(Usage(40), 1, "search"),
        id="ranked in tokens",
    ),
]


@pytest.mark.parametrize(("operation", "asked", "said", "billed"), TABLE)
def test_a_call_is_billed_by(operation: Operation, asked: Asked, said: Told, billed: Count) -> None:
    found = count(operation, asked, said)
    assert (found, found.usage.nano) == (billed, billed.usage.nano)


odd = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5) | st.just([1])
odd_objects = odd | st.dictionaries(
    st.sampled_from(["seconds", "input_tokens", "total_tokens", "billed_units", "search_units"]), odd
)


@given(st.sampled_from([each for each in Operation if each.relayed]), odd_objects, odd_objects, odd)
def test_whatever_a_vendor_says_is_counted_within_what_a_ledger_holds(
    operation: Operation, usage: Any, meta: Any, duration: Any
) -> None:
    billed = count(operation, Asked(), Told(usage, meta, duration, 0, complete=True))
    assert 0 <= billed.units <= 10**12
    assert 0 <= billed.usage.input <= 10**12


def test_members_are_read_loosely() -> None:
    said = told({"usage": b'{"seconds": 1}', "meta": b"{broken", "duration": b"NaN"}, 2, complete=True)
    assert (said.usage, said.meta, said.images) == ({"seconds": 1}, None, 2)
