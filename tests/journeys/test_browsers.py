"""A page from an origin that the configuration names may call; any other is not let read the answer."""

import pytest

from tests.journeys.conftest import Making
from tests.journeys.program import Gateway
from tests.journeys.wire import CHAT, HELLO

OURS = "https://app.example.com"
CALL = {"model": "echo", "messages": HELLO}


@pytest.fixture
def browsed(make_gateway: Making, configuration: str) -> Gateway:
    """A gateway that a page may call."""
    return make_gateway(f'{configuration}server: {{ cors_origins: ["{OURS}"] }}\n')


def test_a_page_may_ask_whether_it_may_call(browsed: Gateway) -> None:
    asks = {"access-control-request-method": "POST", "access-control-request-headers": "authorization"}
    with browsed.client() as client:
        ours = client.options(CHAT, headers={"origin": OURS, **asks})
        theirs = client.options(CHAT, headers={"origin": "https://evil.example.com", **asks})
        models = client.get("/v1/models", headers={"origin": OURS})
    assert ours.headers["access-control-allow-origin"] == OURS
    assert "access-control-allow-origin" not in theirs.headers
    assert models.headers["access-control-allow-origin"] == OURS
    assert "x-request-id" in models.headers["access-control-expose-headers"]


def test_a_page_may_read_the_answer_to_its_call(browsed: Gateway) -> None:
    with browsed.client() as client:
        for body in (CALL, {**CALL, "stream": True}, {"model": "nobody", "messages": []}):
            answer = client.post(CHAT, headers={"origin": OURS}, json=body)
            assert answer.headers["access-control-allow-origin"] == OURS
