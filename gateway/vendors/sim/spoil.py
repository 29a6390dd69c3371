"""Applies a fault to an answer's events."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from gateway.vendors.sim.behaviour import AFTER, Fault, FaultKind
from gateway.vendors.sim.script import Event, Part, Reply

_CONTENT = frozenset({Part.TEXT, Part.REASONING, Part.TOOL})
# Formats that report the finish reason with the usage have no separate FINISH event.
_ENDS = frozenset({Part.FINISH, Part.USAGE, Part.DONE})
_COUNTED: Mapping[FaultKind, frozenset[Part]] = MappingProxyType(
    {
        "cut_text": frozenset({Part.TEXT}),
        "cut_tool": frozenset({Part.TOOL}),
        "stall_content": _CONTENT,
        "malformed": _CONTENT,
        "inband_error": _CONTENT,
    }
)
_LEFT_OUT: Mapping[FaultKind, frozenset[Part]] = MappingProxyType(
    {
        "no_usage": frozenset({Part.USAGE}),
        "no_finish": frozenset({Part.FINISH, Part.USAGE, Part.DONE}),
    }
)


def spoil(reply: Reply, fault: Fault | None) -> Iterator[Event]:
    """The events of a stream with the fault applied; unchanged without one.

    If an answer ends before the fault's position, the fault is applied before its finish.
    """
    if fault is None:
        return reply.events()
    if fault.kind in _LEFT_OUT:
        dropped = _LEFT_OUT[fault.kind]
        return (event for event in reply.events(dropped) if event.part not in dropped)
    if fault.kind in _COUNTED:
        return _interrupted(reply, fault)
    return reply.events()


def _interrupted(reply: Reply, fault: Fault) -> Iterator[Event]:
    left = AFTER[fault.kind] if fault.after is None else fault.after
    # The error replaces the very first event: not even a role is sent.
    if fault.kind == "inband_error" and left == 0:
        yield Event(Part.ERROR, reply.failure(stream=True))
        return
    counted = _COUNTED[fault.kind]
    events = reply.events()
    for event in events:
        if event.part in _ENDS or (event.part in counted and left == 0):
            yield _strike(reply, fault)
            if fault.kind == "malformed":
                yield event
                yield from events
            return
        left -= event.part in counted
        yield event


def _strike(reply: Reply, fault: Fault) -> Event:
    if fault.kind == "malformed":
        return Event(Part.ERROR, reply.broken())
    if fault.kind == "inband_error":
        return Event(Part.ERROR, reply.failure(stream=True))
    return Event(Part.STALL if fault.kind == "stall_content" else Part.CUT, b"")
