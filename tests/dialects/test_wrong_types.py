"""A request with a value of the wrong type, in any place of any format: refused, or sent on without it."""

import json
from collections.abc import Iterator
from copy import deepcopy
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from config.kinds import Operation
from dialects.dialect import Destination
from dialects.errors import Malformed
from gateway.formats import SPOKEN, passage

CONVERSING = (
    *(Operation.MESSAGES, Operation.CHAT, Operation.RESPONSES, Operation.GENERATE_CONTENT),
    *(Operation.CONVERSE, Operation.COHERE_CHAT, Operation.OLLAMA_CHAT),
)
EMBEDDING = (Operation.EMBEDDINGS, Operation.COHERE_EMBED, Operation.OLLAMA_EMBED, Operation.PREDICT)
# For each format a request in which every field is that anybody here reads.
RICH: dict[Operation, Any] = {
    Operation(name): body
    for name, body in json.loads(Path(__file__).with_name("rich_requests.json").read_text()).items()
}
GONE = object()
VALUES = (GONE, None, True, -1, 1.5, 10**30, "x", [], [[]], {"type": "nowhere"}, [{"type": "text"}], "\ud800")
DESTINATION = Destination("m", unsupported="drop", output_limit=4096)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield (*path, key)
        yield from places(each, (*path, key))


def put(body: Any, place: tuple[Any, ...], value: Any) -> bytes:
    changed = deepcopy(body)
    inner = changed
    for key in place[:-1]:
        inner = inner[key]
    if value is GONE:
        del inner[place[-1]]
    else:
        inner[place[-1]] = value
    return json.dumps(changed).encode()


@pytest.mark.parametrize("operation", RICH, ids=[each.value for each in RICH])
def test_a_wrong_type_anywhere_is_refused_with_a_place_or_sent_on(operation: Operation) -> None:
    first, *others = EMBEDDING if operation.embeds else CONVERSING
    turns, sent = cycle(others), 0
    for place in places(RICH[operation]):
        for value in VALUES:
            body = put(RICH[operation], place, value)
            for target in (first, next(turns)):
                try:
                    asked = SPOKEN[operation].peek(body)
                    written = passage(operation, target).request(body, asked, DESTINATION).body
                    sent += 1
                except Malformed as refused:
                    assert refused.message
                    continue
                except Exception as error:
                    error.add_note(f"{place} = {value!r}, for {target.value}")
                    raise
                json.loads(written)
    assert sent > 2 * len(VALUES)  # the request itself is in order
