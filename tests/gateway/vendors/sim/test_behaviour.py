"""Behaviours in both forms, and how one lies over another."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.vendors.sim.behaviour import (
    Behaviour,
    Fault,
    ScriptedCall,
    StatedUsage,
    merged,
    read_behaviour,
)
from gateway.vendors.sim.errors import Refused


@pytest.mark.parametrize(
    ("short", "behaviour"),
    [
        pytest.param("first_ms=200,tps=50", Behaviour(first_ms=200, tokens_per_second=50), id="pace"),
        pytest.param("length=9, per_event=3", Behaviour(length=9, tokens_per_event=3), id="length"),
        pytest.param("output=7", Behaviour(usage=StatedUsage(output=7)), id="usage"),
        pytest.param("call=f", Behaviour(tool_calls=(ScriptedCall("f"),)), id="tool call"),
        pytest.param("text=a=b", Behaviour(text="a=b"), id="a value with an equals sign"),
        pytest.param(
            "fault=cut_text,after=3,end=close", Behaviour(fault=Fault("cut_text", 3, end="close")), id="cut"
        ),
        pytest.param(
            "fault=status,status=429,retry_after=2,first=5",
            Behaviour(fault=Fault("status", status=429, headers={"retry-after": "2"}, first=5)),
            id="status",
        ),
    ],
)
def test_the_short_form_says_what_the_long_one_does(short: str, behaviour: Behaviour) -> None:
    assert read_behaviour(short) == behaviour
    assert read_behaviour(msgspec.json.encode(behaviour).decode()) == behaviour


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("speed=9", "speed"),
        ("tps=fast", "tps"),
        ("tps=0", "tps"),
        ("fault=explode", "fault"),
        ("tps", "tps"),
        ('{"speed": 9}', "speed"),
        ('{"fault": {"kind": "status", "status": 99}}', "status"),
        ("{", "truncated"),
        ('{"headers": {"a b": "1"}}', "headers"),
        ('{"headers": {"a": "1\\r\\nb: 2"}}', "headers"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_is_allowed(text: str, named: str) -> None:
    with pytest.raises(Refused) as refused:
        read_behaviour(text)
    assert refused.value.status == 400
    assert named in refused.value.message
    assert "tokens_per_second" in refused.value.message and "retry_after" in refused.value.message


def test_what_one_layer_leaves_open_the_next_one_says() -> None:
    over, under = Behaviour(length=3), Behaviour(length=9, text="x")
    assert merged(over, under) == Behaviour(length=3, text="x")


@given(st.builds(Behaviour, length=st.none() | st.integers(0, 9), text=st.none() | st.just("x")))
def test_nothing_over_or_under_a_behaviour_changes_it(behaviour: Behaviour) -> None:
    assert merged(behaviour, Behaviour()) == merged(Behaviour(), behaviour) == behaviour
