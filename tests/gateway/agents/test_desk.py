"""What may be said to a run, by whom and when; journeys say it over real sockets."""

from types import SimpleNamespace

import pytest

from agentloop import events as e
from agentloop.journal import Journal
from config.toolbox import AgentFacts
from gateway.agents.desk import Desk, Said
from gateway.errors import BadRequest, Conflict, NotAllowed, NotFound, RoleNeeded
from ledger.principal import Principal
from ledger.scope import compile_scope
from tests.agentloop.databases import opened, sqlite_url
from tests.ledger.world import Clock

CALLER = Principal("key_1", "k", "caller", "", "support", "o")
OTHER = Principal("key_2", "k", "caller", "", "sales", "o")
APPROVER = Principal("key_3", "k", "caller", "", "support", "o", tags=(("approver", "people"),))
BODY = b'{"agent":"desk","input":"hi"}'
AWAITING = [
    e.ModelRequested(1, 1),
    e.ModelCompleted((), (e.ToolCall("c", "desk__send", "{}"),), "", 1, 1),
    e.PolicyDecided("c", "ask", ("approval",), "", "keyed", "ab", "people", 2**42),
    e.ApprovalRequested("apr_1", "c", "people", "ab", 2**42),
]


@pytest.fixture
async def desk(tmp_path):
    async with opened(sqlite_url(tmp_path)) as database:
        agents = {"desk": AgentFacts("desk", "fast", "Help.", (), {}, {})}
        catalog = SimpleNamespace(agents=agents, agent_labels={})
        services = SimpleNamespace(deployment=SimpleNamespace(catalog=catalog))
        numbers = iter(range(100))
        yield Desk(services, Journal(database, Clock()), lambda: None, lambda: str(next(numbers)))


async def begun(desk, *events):
    record = await desk.begin(CALLER, BODY, None)
    held = await desk.journal.claim("w", 10)
    await desk.journal.append(held, events)
    return record.id


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", BadRequest),
        (b"[]", BadRequest),
        (b'{"agent":"desk"}', BadRequest),
        (b'{"agent":"desk","input":"x","model":"y"}', BadRequest),
        (b'{"agent":"nobody","input":"x"}', NotFound),
        (b'{"agent":"desk","input":""}', BadRequest),
        (b'{"agent":"desk","input":[]}', BadRequest),
        (b'{"agent":"desk","input":[1]}', BadRequest),
        (b'{"agent":"desk","input":["x"]}', BadRequest),
        (b'{"agent":"desk","input":[{"type":3}]}', BadRequest),
        (b'{"agent":"desk","input":[{"role":"user"}]}', BadRequest),
        (b'{"agent":"desk","input":[{"role":"tool","content":"x"}]}', BadRequest),
        (b'{"agent":"desk","input":[{"type":"x","y":%b}]}' % (b"[" * 200 + b"]" * 200), BadRequest),
    ],
    ids=[
        *("nothing", "a list", "no input", "an unknown member", "an unknown agent"),
        *("an empty text", "no items", "a number", "a text", "a type", "no content", "a role", "deep"),
    ],
)
async def test_what_is_no_run_is_refused(desk, body, error):
    with pytest.raises(error):
        await desk.begin(CALLER, body, None)


@pytest.mark.parametrize("key", ["", "k" * 201])
async def test_a_request_key_is_one_that_can_be_kept(desk, key):
    await desk.begin(CALLER, BODY, "k" * 200)
    with pytest.raises(BadRequest, match="1 to 200"):
        await desk.begin(CALLER, BODY, key)


async def test_a_key_that_may_not_use_the_agents_model_begins_no_run(desk):
    narrow = Principal("key_4", "k", "caller", "", "support", "o", compile_scope(["agent:desk", "other"]))
    with pytest.raises(NotAllowed, match="'fast'"):
        await desk.begin(narrow, BODY, None)


async def test_a_run_is_pinned_to_what_its_agent_was(desk):
    record = await desk.begin(CALLER, BODY, None)
    [created] = await desk.journal.events(record.id)
    assert isinstance(created, e.RunCreated)
    assert '"instructions":"Help."' in created.definition
    assert created.digest == record.digest


async def test_only_an_approver_of_the_group_who_did_not_begin_it_may_approve(desk):
    run_id = await begun(desk, *AWAITING)
    own = Principal("key_1", "k", "caller", "", "support", "o", tags=(("approver", "people"),))
    strange = Principal("key_5", "k", "caller", "", "support", "o", tags=(("approver", "others"),))
    for who, error in ((CALLER, RoleNeeded), (own, RoleNeeded), (strange, RoleNeeded), (OTHER, NotFound)):
        with pytest.raises(error):
            await desk.judge(who, run_id, {"apr_1": Said(True)})
    with pytest.raises(NotFound):
        await desk.judge(APPROVER, run_id, {"apr_2": Said(True)})
    await desk.judge(APPROVER, run_id, {"apr_1": Said(False, "no")})
    with pytest.raises(NotFound):
        await desk.judge(APPROVER, run_id, {"apr_1": Said(True)})
    said = (await desk.journal.events(run_id))[-1]
    assert said == e.ApprovalResolved("apr_1", "c", "denied", "key_3", "no")


async def test_what_became_of_a_call_in_doubt_is_an_operators_word(desk):
    allowed = e.PolicyDecided("c", "allow", (), "", "unsafe", "ab")
    run_id = await begun(desk, *AWAITING[:2], allowed, e.ToolIntended("c", "K", 1), e.RunClaimed("next"))
    with pytest.raises(NotAllowed):
        await desk.resolve(CALLER, run_id, "c", "confirm_done")
    operator = Principal("key_6", "k", "caller", "", "support", "o", tags=(("operator", "true"),))
    with pytest.raises(Conflict):
        await desk.resolve(operator, run_id, "other", "retry")
    await desk.resolve(operator, run_id, "c", "confirm_done")
    _, run = await desk.show(CALLER, run_id)
    assert run.steps[0].done


async def test_an_ended_run_hears_nothing_more(desk):
    run_id = await begun(desk)
    held = await desk.journal.record(run_id)
    await desk.cancel(CALLER, run_id)
    with pytest.raises(NotFound):
        await desk.cancel(OTHER, run_id)
    assert held.id == run_id
