"""How callers' operations are served: ways are made, and formats loaded, when they are first wanted."""

import subprocess
import sys

import pytest

from config.capabilities import UNKNOWN
from config.catalog import Vendor
from config.kinds import OPENAI_PATHS, Operation, VendorKind
from gateway.ways import Ways, request_head, ways_of

KIND = VendorKind("fake", "Fake", paths=OPENAI_PATHS)
VENDOR = Vendor("v", KIND, "https://v.test", None)


def test_a_way_is_made_once_and_where_something_of_the_sort_is_served() -> None:
    ways = ways_of(VENDOR, "m", UNKNOWN)
    assert ways.served[Operation.MESSAGES] is Operation.CHAT
    assert not ways
    way = ways[Operation.MESSAGES]
    assert way.operation is Operation.CHAT and way.passage.translates
    assert ways[Operation.MESSAGES] is way
    assert list(ways) == [Operation.MESSAGES]
    with pytest.raises(KeyError):
        ways[Operation.COUNT_MESSAGES]
    with pytest.raises(KeyError):
        Ways()[Operation.CHAT]


def test_changed_ways_leave_the_others_as_they_are() -> None:
    ways = ways_of(VENDOR, "m", UNKNOWN)
    other = ways.changed(lambda way: ways[Operation.EMBEDDINGS])
    assert other.served == ways.served
    assert other[Operation.CHAT] is ways[Operation.EMBEDDINGS]
    assert ways[Operation.CHAT] is not other[Operation.CHAT]


def test_nobody_loads_what_nobody_speaks() -> None:
    asked = (
        "import sys, gateway.app, gateway.formats as f; from config.kinds import Operation as O; "
        "names = 'cohere.chat', 'gemini.content'; "
        "loaded = lambda: [each for each in names if f'dialects.{each}' in sys.modules]; "
        "before = loaded(); f.passage(O.COHERE_CHAT, O.CHAT); print(before, loaded())"
    )
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, check=True, timeout=60)
    assert said.stdout == b"[] ['cohere.chat']\n"


@pytest.mark.parametrize("path", ["/a b", "/a\r\nx: y", "x"])
def test_a_path_that_could_inject_a_header_is_no_head(path: str) -> None:
    with pytest.raises(ValueError, match="path"):
        request_head(VENDOR, "POST", path)
