"""What a sink is: the door's exchange is one, and a head cannot be changed once it was said."""

import inspect

import pytest

from gateway.door.exchange import Exchange
from gateway.frames import Head, Sink


def test_an_exchange_has_all_that_a_sink_promises() -> None:
    for name, member in vars(Sink).items():
        if name.startswith("_"):
            continue
        theirs = getattr(Exchange, name)
        if isinstance(member, property):
            assert isinstance(theirs, property)
        else:
            assert inspect.signature(theirs) == inspect.signature(member)
            assert inspect.iscoroutinefunction(theirs) is inspect.iscoroutinefunction(member)


def test_a_head_is_said_once() -> None:
    head = Head(b"a: b\r\n", whole=True)
    with pytest.raises(AttributeError):
        head.block = b""  # type: ignore[misc]
