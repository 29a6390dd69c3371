"""Shares measured averages of targets between processes over Redis, in the background.

A process weighs other processes' calls as if they had been its own; a new one starts with what the others
know. How many calls are new is taken from each process's own count, so that none is counted twice.
"""

from collections.abc import Iterable, Iterator
from heapq import nlargest
from operator import attrgetter
from typing import Any

import msgspec

from dialects.errors import UNREADABLE
from gateway.targets.health import Health
from routing.averages import MANY, Averages
from routing.target import TargetState

KEY = "sb:averages"
MOST = 500  # targets that a process reports: those with the most calls

_ENCODE = msgspec.json.Encoder().encode
_DECODE = msgspec.json.Decoder(dict[str, Averages]).decode
_BY_CALLS = attrgetter("outcomes")


class Averaging:
    """One process's side, without the store."""

    def __init__(self, health: Health, process: str) -> None:
        self._health = health
        self._process = process.encode()
        self._heard: dict[tuple[bytes, str], int] = {}  # by process and target: calls already included

    def said(self) -> bytes:
        """This process's report; `b"{}"`: nothing yet."""
        busy = nlargest(MOST, self._health.targets, _BY_CALLS)
        return _ENCODE({state.name: state.averages for state in busy if state.outcomes})

    def hear(self, told: Iterable[tuple[bytes, bytes]]) -> None:
        """Include what is new in other processes' reports, given by process."""
        states = {state.name: state for state in self._health.targets}
        for process, text in told:
            if process != self._process:
                for state, averages in _known(text, states):
                    self._take_over(process, state, averages)

    def forget(self, processes: Iterable[bytes]) -> None:
        """Drop what is remembered of processes that are gone."""
        gone = frozenset(processes)
        self._heard = {key: calls for key, calls in self._heard.items() if key[0] not in gone}

    def _take_over(self, process: bytes, state: TargetState, told: Averages) -> None:
        before = self._heard.get((process, state.name))
        fresh = min(told.outcomes, MANY) if before is None else told.outcomes - before
        self._heard[process, state.name] = told.outcomes
        if fresh > 0:
            state.heard(told, fresh)


def _known(text: bytes, states: dict[str, TargetState]) -> Iterator[tuple[TargetState, Averages]]:
    try:
        told = _DECODE(text)
    except UNREADABLE:
        return  # from another version, with another format
    for name, averages in told.items():
        state = states.get(name)
        if state is not None:
            yield state, averages


def pairs(found: Any) -> Iterator[tuple[bytes, bytes]]:
    """A HGETALL's reply, as a mapping or a flat list."""
    return iter(found.items()) if isinstance(found, dict) else zip(found[::2], found[1::2], strict=True)
