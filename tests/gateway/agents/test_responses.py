"""What a call to an agent may hold; journeys ask with the official SDK."""

from types import SimpleNamespace

import pytest

from gateway.agents.bell import Bell
from gateway.agents.desk import Desk, Said
from gateway.agents.responses import Responses, _words, read_asked
from gateway.errors import BadRequest, Conflict, NotFound, Unavailable
from tests.gateway.agents.test_desk import APPROVER, AWAITING, CALLER, OTHER, begun, desk

__all__ = ["desk"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"model":1}',
        b'{"model":"agent:a","tools":[]}',
        b'{"model":"agent:a","store":false}',
        b'{"model":"\xff"}',
    ],
)
def test_what_an_agent_cannot_be_asked_is_refused(body):
    with pytest.raises(BadRequest, match="of its own"):
        read_asked(body)


def test_an_approvers_words_stand_alone():
    word = b'{"type":"mcp_approval_response","approval_request_id":"a","approve":false,"reason":"no"}'
    message = b'{"role":"user","content":"x"}'
    assert _words([word]) == {"a": Said(False, "no")}
    assert _words([message]) == {}
    assert _words("text") == {}
    for given in ([word, message], [b'{"type":"mcp_approval_response","approve":true}', word], [b"1"]):
        with pytest.raises(BadRequest):
            _words(given)


async def test_a_response_is_its_teams_alone_and_only_the_last_is_gone_on_from(desk: Desk):
    run_id = await begun(desk, *AWAITING)
    responses = Responses(desk, Bell())
    name = f"resp_{run_id[4:]}_1"
    record, telling = await responses.told(CALLER, name)
    assert record.id == run_id
    assert telling.responses[0].ended
    for who, other in ((OTHER, name), (CALLER, name[:-1] + "2"), (CALLER, "resp_x"), (CALLER, "resp_x_1")):
        with pytest.raises(NotFound):
            await responses.told(who, other)
    going_on = b'{"model":"agent:desk","input":"x","previous_response_id":"%b"}' % name.encode()
    with pytest.raises(Conflict, match="mcp_approval_response"):
        await responses.begin(CALLER, going_on, None)
    await desk.judge(APPROVER, run_id, {"apr_1": Said(True)})
    with pytest.raises(Conflict, match="followed"):
        await responses.begin(CALLER, going_on, None)


async def test_without_input_nothing_begins(desk: Desk):
    with pytest.raises(BadRequest, match="no input"):
        await Responses(desk, Bell()).begin(CALLER, b'{"model":"agent:desk"}', None)


async def test_who_waits_for_an_answer_waits_on_while_the_database_is_away(desk: Desk):
    run_id = await begun(desk, *AWAITING)
    away = [Unavailable("away")] * 2

    async def events(*of):
        if away:
            raise away.pop()
        return await desk.events(*of)

    whole = await Responses(SimpleNamespace(events=events), Bell()).whole(CALLER, run_id, 1)
    assert b'"mcp_approval_request"' in whole
    assert not away
