"""The paths of runs, and the numbers that readers go on from; journeys show how they behave."""

from types import SimpleNamespace

import pytest
from starlette.routing import Route

from agentloop.events import ModelRequested, RunClaimed
from agentloop.journal import RunRecord
from gateway.agents.kept import Kept
from gateway.agents.roster import Roster
from gateway.agents.runs import Runs, _number, _sent
from gateway.agents.stopping import Stopping
from gateway.endpoints.document import RUNS
from gateway.errors import BadRequest, NotFound, Unauthenticated, Unavailable


def test_every_path_takes_one_method():
    kept = [route for route in Kept(None, None, None).routes() if route.path.startswith("/v1/")]
    roster = Roster(None, None, None).routes()
    routes = [*Runs(None, None).routes(), *roster, *kept, *Stopping(None, None).routes()]
    table = {(route.path, *sorted(route.methods - {"HEAD"})) for route in routes if isinstance(route, Route)}
    assert len(table) == len(routes)
    assert ("/v1/runs/{run_id}/cancel", "POST") in table


def test_every_path_is_in_the_document():
    kept = [route for route in Kept(None, None, None).routes() if route.path.startswith("/v1/")]
    roster = Roster(None, None, None).routes()
    routes = [*Runs(None, None).routes(), *roster, *kept, *Stopping(None, None).routes()]
    told = {(endpoint.path, endpoint.method) for endpoint in RUNS}
    assert told == {
        (r.path.replace(":path", ""), *sorted(r.methods - {"HEAD"})) for r in routes if isinstance(r, Route)
    }


def test_an_event_is_sent_with_its_number_as_id():
    assert _sent(4, ModelRequested(1, 1)).startswith(b"id: 4\nevent: model.requested\ndata: {")


@pytest.mark.parametrize(("text", "number"), [(None, -1), ("0", 0), ("17", 17)])
def test_a_reader_goes_on_from_the_last_number(text, number):
    assert _number(text) == number


@pytest.mark.parametrize("text", ["", "-1", "x", "1.5", "٣", "9" * 10])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(BadRequest, match="expected the id"):
        _number(text)


ACTIVE = RunRecord("run_1", "support", "key_1", "desk", "sha256:1", status="running", head=2)


@pytest.mark.parametrize("end", [NotFound("erased"), Unauthenticated("revoked")], ids=["erased", "revoked"])
async def test_who_follows_a_run_hears_nothing_of_a_database_that_is_away_and_ends_where_it_may_no_more(end):
    looks = [Unavailable("away"), (ACTIVE, [RunClaimed("w")]), end]

    async def holder(credential):
        assert credential == b"sk-sb-x"
        if isinstance(looks[0], Unauthenticated):
            raise looks.pop(0)
        return None

    async def events(principal, run_id, number):
        look = looks.pop(0)
        if isinstance(look, Exception):
            raise look
        return look

    services = SimpleNamespace(keys=SimpleNamespace(holder=holder))
    runs = Runs(services, SimpleNamespace(events=events))
    follow = runs._follow(b"sk-sb-x", ACTIVE, [ModelRequested(1, 1)], 0)
    assert [sent.partition(b"\n")[0] async for sent in follow] == [b"id: 0", b"id: 1"]
    assert not looks
