"""A caller of chat's old functions is told calls in the old way, whoever writes the answer."""

import msgspec
import pytest

from gateway.answered import reply_to
from tests.gateway.road import Answer, Road

BODIES = [
    (b'{"model":"m","functions":[{"name":"f"}]}', True),
    (b'{"model":"m","functions":null}', False),
    (b'{"model":"m","metadata":{"functions":"x"}}', False),
    (b'{"model":"m"}', False),
]


@pytest.mark.parametrize(("body", "legacy"), BODIES)
def test_old_functions_are_seen_in_the_body(body: bytes, legacy: bool) -> None:
    call = msgspec.structs.replace(Road({"one": [Answer()]}).call(), body=body)
    reply = reply_to(call, "m")
    assert (reply.id, reply.model, reply.legacy_functions) == ("req_1", "m", legacy)
