"""A model call costs at most what the run has left: its answer is bounded by that."""

import pytest

from agentloop.commands import AskModel
from agentloop.events import LimitReached
from config.catalog import Settings
from gateway.agents.affording import longest
from gateway.deployment import UpstreamPool
from tests.gateway.road import deployment

BODY = b'{"model":"fast","input":[]}'  # 27 bytes, and 512 tokens that wrap it at most


@pytest.fixture
def priced():
    """A thousand nano-dollars a token in, two thousand out; nobody knows how long its answers are."""
    return deployment(["a"], UpstreamPool(), Settings())


@pytest.mark.parametrize(
    ("room", "declared", "most"),
    [
        (10_000_000_000, None, "bounded"),
        (10_000_000_000, 100, None),
        (539_000 + 200_000, None, 100),
        (539_000 + 200_000, 50, None),
        (539_000 + 4_000, None, "over"),
        (0, 50, "over"),
    ],
)
async def test_an_answer_is_as_long_as_what_is_left_can_pay(priced, room, declared, most):
    found = await longest(BODY, declared, priced, "fast", AskModel(1, 1, (), room, 20_000_000_000))
    if most == "over":
        assert found == LimitReached("cost", 20_000_000_000 - room, 20_000_000_000)
    else:
        assert found == (16_384 if most == "bounded" else most)


async def test_what_nobody_declared_and_what_nobody_counts_is_left_to_the_road(priced):
    assert await longest(BODY, None, priced, "other", AskModel(1, 1, (), 0, 1)) is None
    assert await longest(BODY, None, priced, "fast", AskModel(1, 1, ())) is None
