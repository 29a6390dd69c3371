"""What a call may reach is a value, and nothing of it is in a journal."""

import dataclasses

import pytest

from agentloop.egress import Egress
from agentloop.reach import Reach


def test_nobody_widens_it_on_the_way():
    reach = Reach(Egress(frozenset(["desk.example:443"])), {"x-key": "secret"})
    with pytest.raises(dataclasses.FrozenInstanceError):
        reach.egress = Egress(frozenset())
