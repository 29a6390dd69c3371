"""Every refusal and every failure reaches each official SDK as the exception that it has for it."""

import json
from collections.abc import Callable, Iterator

import pytest

from tests.journeys.program import Gateway, Simulator
from tests.journeys.sdks.asking import Ask, Seen, Speaker
from tests.journeys.sdks.conftest import Say
from tests.journeys.sdks.every import SPEAKERS

# What goes wrong at the vendor, as the simulator is told in the model's name, with what the caller is told.
WAIT = {"fault": {"kind": "status", "status": 429, "headers": {"retry-after": "7"}}}
BUSY = (f"small@{json.dumps(WAIT)}", 429, "answered 429")
BROKEN = ("small@fault=status,status=500", 502, "answered 500")
# A stream that is cut, and one with an error inside.
CUTS = {"cut": "small@fault=cut_text,after=3", "error inside": "small@fault=inband_error,after=3"}


def refusal(speaker: Speaker, status: int, call: Callable[[], object]) -> Seen:
    """What the SDK's user sees of a call that is refused with this status."""
    with pytest.raises(speaker.refusals[status]) as caught:
        call()
    seen = speaker.seen(caught.value)
    assert seen.status == status
    assert seen.message
    # Ollama's exceptions have no place for it.
    assert speaker.name == "ollama" or (seen.request_id or "").startswith("req_")
    return seen


@pytest.fixture(scope="module", params=SPEAKERS)
def stranger(request: pytest.FixtureRequest, gateway: Gateway) -> Iterator[Speaker]:
    """An SDK with a key that nobody knows."""
    made = SPEAKERS[request.param](gateway.address, "sk-sb-nobody-knows-this-one")
    yield made
    made.close()


@pytest.fixture(scope="module", params=[name for name, each in SPEAKERS.items() if each.retries])
def patient(request: pytest.FixtureRequest, gateway: Gateway) -> Iterator[Speaker]:
    """An SDK that tries again by itself."""
    made = SPEAKERS[request.param](gateway.address, gateway.key, retries=2)
    yield made
    made.close()


def test_a_wrong_key_is_refused(stranger: Speaker, say: Say) -> None:
    seen = refusal(stranger, 401, lambda: say(stranger, Ask("chat/small")))
    assert "nobody-knows" not in seen.message


def test_an_unknown_model_is_refused(speaker: Speaker, say: Say) -> None:
    seen = refusal(speaker, 404, lambda: say(speaker, Ask("nobody/knows-it")))
    assert "nobody/knows-it" in seen.message


def test_a_body_that_is_no_request_is_refused_before_or_by_the_vendor(
    speaker: Speaker, vendor: str, say: Say
) -> None:
    seen = refusal(speaker, 400, lambda: say(speaker, Ask(f"{vendor}/small", role="signalbox")))
    assert "role" in seen.message


@pytest.mark.parametrize(("model", "status", "words"), [BUSY, BROKEN], ids=["429", "500"])
def test_a_vendors_failure_is_told_as_its_own(
    speaker: Speaker, vendor: str, model: str, status: int, words: str
) -> None:
    seen = refusal(speaker, status, lambda: speaker.whole(Ask(f"{vendor}/{model}")))
    assert words in seen.message
    assert vendor in seen.message
    waits = status == 429 and speaker.name != "ollama"  # whose exceptions keep no headers
    assert seen.retry_after == ("7" if waits else None)


@pytest.mark.parametrize("fault", CUTS.values(), ids=CUTS)
def test_a_stream_that_breaks_raises(speaker: Speaker, vendor: str, fault: str) -> None:
    with pytest.raises(speaker.broken):
        speaker.stream(Ask(f"{vendor}/{fault}"))


def test_the_sdks_own_retries_find_the_vendor_well_again(patient: Speaker, simulator: Simulator) -> None:
    length = 20 + list(SPEAKERS).index(patient.name)  # the simulator counts calls in the same words
    model = f"small@length={length},fault=status,status=503,first=1"
    answer = patient.whole(Ask(f"chat/{model}"))
    assert answer.tokens[1] == length
    assert [line["status"] for line in simulator.settled() if line["model"] == model] == [503, 200]
