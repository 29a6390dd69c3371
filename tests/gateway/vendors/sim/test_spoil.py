"""What each fault makes of a stream."""

from collections.abc import Iterator

import pytest

from dialects.usage import Usage
from gateway.vendors.sim.behaviour import Fault
from gateway.vendors.sim.script import Event, Part
from gateway.vendors.sim.spoil import spoil

LETTERS = {
    "o": Part.OPEN,
    "r": Part.REASONING,
    "t": Part.TEXT,
    "c": Part.TOOL,
    "f": Part.FINISH,
    "u": Part.USAGE,
    "d": Part.DONE,
    "e": Part.ERROR,
    "!": Part.CUT,
    ".": Part.STALL,
}
NAMES = {part: letter for letter, part in LETTERS.items()}


class Spelled:
    """A reply whose events are spelled in letters."""

    usage = Usage()
    written = 0

    def __init__(self, letters: str) -> None:
        self._letters = letters

    def events(self, without: frozenset[Part] = frozenset()) -> Iterator[Event]:
        return (Event(LETTERS[letter], letter.encode()) for letter in self._letters)

    def whole(self, *, usage: bool = True, finish: bool = True) -> bytes:
        return b""

    def broken(self) -> bytes:
        return b"broken"

    def failure(self, *, stream: bool) -> bytes:
        return b"failure"


@pytest.mark.parametrize(
    ("fault", "events", "spoiled"),
    [
        pytest.param(None, "otttfud", "otttfud", id="no fault"),
        pytest.param(Fault("status"), "ottfud", "ottfud", id="a fault of another phase"),
        pytest.param(Fault("cut_text"), "otttfud", "ot!", id="cut after one"),
        pytest.param(Fault("cut_text", after=0), "otttfud", "o!", id="cut before the first"),
        pytest.param(Fault("cut_text", after=9), "otttfud", "ottt!", id="cut before the finish"),
        pytest.param(Fault("cut_text", after=1), "orrttfud", "orrt!", id="reasoning is not text"),
        pytest.param(Fault("cut_tool"), "otcccfud", "otcc!", id="cut amid arguments"),
        pytest.param(Fault("stall_content"), "otttfud", "o.", id="stall after the role"),
        pytest.param(Fault("stall_content", after=2), "ortfud", "ort.", id="stall later"),
        pytest.param(Fault("malformed"), "ottfud", "otetfud", id="broken and going on"),
        pytest.param(Fault("inband_error", after=0), "ottfud", "e", id="error before anything"),
        pytest.param(Fault("inband_error", after=1), "occfud", "oce", id="error after one"),
        pytest.param(Fault("no_usage"), "otfud", "otfd", id="no usage"),
        pytest.param(Fault("no_finish"), "ottfud", "ott", id="no finish"),
    ],
)
def test_a_fault_spoils_the_stream_in_its_place(fault: Fault | None, events: str, spoiled: str) -> None:
    assert "".join(NAMES[event.part] for event in spoil(Spelled(events), fault)) == spoiled
