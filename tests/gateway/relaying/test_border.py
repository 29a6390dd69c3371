"""Whatever happens to a relayed request, its caller gets an id and an answer, and it is counted."""

import pytest

from config.kinds import Operation
from gateway.errors import BadRequest
from gateway.relaying.border import Visit, serve
from gateway.relaying.caller import CallerLeft
from tests.gateway.relaying.asgi import Server
from tests.gateway.road import Answer, Road


async def served(server: Server, road: Road, raised: Exception | None) -> None:
    async def answering(visit: Visit) -> None:
        visit.label = "fast"
        if raised is not None:
            raise raised
        await visit.caller.begin(200, [])
        await visit.caller.end(b"done")

    await serve(server.caller(), road.services, "speech", answering)


@pytest.mark.parametrize(
    ("raised", "status", "said"),
    [
        (None, 200, b"done"),
        (BadRequest("No."), 400, b'"message":"No."'),
        (CallerLeft(), 499, b""),
        (RuntimeError("secret"), 500, b'"code":"internal_error"'),
    ],
)
async def test_every_ending_is_counted(raised: Exception | None, status: int, said: bytes) -> None:
    server, road = Server(), Road({"a": [Answer()]})
    await served(server, road, raised)
    assert said in server.body
    assert b"secret" not in server.body
    counted = road.metrics.exposition().decode()
    assert f'signalbox_requests_total{{endpoint="speech",model="fast",status="{status}"}} 1.0' in counted
    for message in server.sent[:1]:
        assert dict(message["headers"])[b"x-request-id"] == dict(message["headers"])[b"x-signalbox-trail"]


async def test_a_call_keeps_what_its_visit_knows() -> None:
    road = Road({"a": [Answer()]})
    caller = Server(content_type="multipart/form-data; boundary=x", authorization="Bearer sk").caller()
    visit = Visit(caller, "speech", "req_1", 1.0, 2, road.deployment)
    call = visit.call(Operation.SPEECH, "m", stream=True)
    assert (call.id, call.credential, call.asked.model, call.asked.stream) == ("req_1", b"sk", "m", True)
