"""What the gateway gives a driver is what the driver asks for."""

import inspect

import pytest

from agentloop.hands import Models, Tools
from gateway.agents.asking import Asking
from gateway.agents.calling import Calling


@pytest.mark.parametrize(
    ("wanted", "given", "verb"),
    [(Models, Asking, "ask"), (Tools, Calling, "call"), (Tools, Calling, "reconcile")],
    ids=["ask", "call", "reconcile"],
)
def test_a_hand_takes_what_it_is_given(wanted, given, verb):
    assert list(inspect.signature(getattr(given, verb)).parameters) == list(
        inspect.signature(getattr(wanted, verb)).parameters
    )
