"""Decides how each call is answered, from the behaviours of the call, its model name and the server."""

from typing import NamedTuple

from cachetools import LRUCache

from gateway.vendors.sim.behaviour import Behaviour, Fault, ServerBehaviour, merged, read_behaviour
from gateway.vendors.sim.schedule import strike

REMEMBERED = 1024  # behaviours of requests: parsed once, counted for their schedules


class Decision(NamedTuple):
    """How one call is answered. Only `fault` applies, not the behaviour's own."""

    behaviour: Behaviour
    fault: Fault | None


class _Asked:
    """A behaviour that came with requests, and their number."""

    __slots__ = ("behaviour", "number")

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.number = 0


class Director:
    """Holds the server-wide behaviour and the counts that schedules need."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._asked: LRUCache[str, _Asked] = LRUCache(REMEMBERED)
        self.reset()

    @property
    def server(self) -> ServerBehaviour:
        return self._server

    def set(self, server: ServerBehaviour) -> None:
        """Change the server-wide behaviour; its schedules restart."""
        self._server = server
        self._number = 0
        own = server.behaviour.fault
        self._faults = server.faults if own is None else (*server.faults, own)
        self._draws = self._seed if server.seed is None else server.seed

    def reset(self) -> None:
        """Forget the server-wide behaviour and every count."""
        self._asked.clear()
        self.set(ServerBehaviour())

    def decide(self, model: str, *asked: str | None, key: str = "") -> Decision:
        """The behaviour for a call, merged from those it asks for in the given order, the one after `@` in
        the model's name, and the server's. Raises `Refused` for one that cannot be parsed.

        A request with its own fault is counted with those that have the identical behaviour text, and the
        server's faults do not apply to it.
        """
        base, _, suffix = model.partition("@")
        behaviour: Behaviour | None = None
        fault: Fault | None = None
        own = False
        for text in (*asked, suffix):
            if not text:
                continue
            said = self._said(text)
            if said.behaviour.fault is not None and not own:
                own = True
                fault = strike((said.behaviour.fault,), base, said.number, self._seed, key)
            behaviour = said.behaviour if behaviour is None else merged(behaviour, said.behaviour)
        self._number += 1
        if not own and self._faults:
            fault = strike(self._faults, base, self._number, self._draws, key)
        under = self._server.behaviour
        return Decision(under if behaviour is None else merged(behaviour, under), fault)

    def _said(self, text: str) -> _Asked:
        said = self._asked.get(text)
        if said is None:
            said = self._asked[text] = _Asked(read_behaviour(text))
        said.number += 1
        return said
