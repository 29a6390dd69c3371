"""Plans calls with a configuration, without a server, a key or a vendor."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from config.catalog import Catalog, TeamFacts
from config.defaults import SIMULATOR_PLACEHOLDER
from config.kinds import Operation
from config.strategies import found_strategies
from gateway.assembly import simulator_prices
from gateway.call import Call, Cleared, TrailStep
from gateway.deployment import Deployment, UpstreamPool
from gateway.errors import GatewayError, Header
from gateway.formats import SPOKEN
from gateway.routing.choosing import Router
from ledger.prices import compile_prices
from ledger.principal import Principal
from ledger.scope import compile_scope
from routing.plan import Plan

_NOBODY = "http://127.0.0.1:9"  # in place of the built-in simulator's address


class Asking(NamedTuple):
    """A hypothetical call."""

    body: bytes
    operation: Operation = Operation.CHAT
    headers: Sequence[Header] = ()
    team: str = "default"
    key_id: str = "key_nobody"


class Answer(NamedTuple):
    """What would be decided: the trail, and the plan or the refusal."""

    steps: tuple[TrailStep, ...]
    plan: Plan
    refused: GatewayError | None


def deployment_of(catalog: Catalog, now: datetime) -> Deployment:
    """A catalog's deployment; opens no connection. Raises ValueError or OSError as at a server's start."""
    vendors = {
        name: replace(vendor, base_url=_NOBODY) if vendor.base_url == SIMULATOR_PLACEHOLDER else vendor
        for name, vendor in catalog.vendors.items()
    }
    catalog = replace(catalog, vendors=MappingProxyType(vendors))
    book = compile_prices(catalog.prices, simulator_prices(catalog.vendors.values()), now)
    return Deployment(catalog, book, UpstreamPool())


class Offline:
    """Plans hypothetical calls. Remembers recent scores and turns, as a serving process does."""

    def __init__(self, deployment: Deployment, random: Callable[[], float]) -> None:
        self.deployment = deployment
        self._router = Router(found_strategies(), random)

    def ask(self, asking: Asking) -> Answer:
        """The plan. Raises dialects.errors.Malformed if the body is not a request."""
        dialect = SPOKEN[asking.operation]
        call = Call(
            "req_nobody",
            asking.operation,
            asking.operation.value,
            dialect,
            asking.body,
            dialect.peek(asking.body),
            b"",
            0.0,
            0,
            self.deployment,
            [],
            headers=asking.headers,
        )
        try:
            _, plan = self._router.plan(Cleared(call, self._principal(asking), asking.body))
        except GatewayError as error:
            return Answer(tuple(call.trail), (), error)
        return Answer(tuple(call.trail), plan, None)

    def _principal(self, asking: Asking) -> Principal:
        team = self.deployment.catalog.teams.get(asking.team, TeamFacts(asking.team, "default"))
        scope = None if team.models is None else compile_scope(team.models)
        return Principal(asking.key_id, "nobody", "caller", "", team.name, team.organisation, scope)


def chat_body(model: str, prompt: str, max_output: int | None = None) -> bytes:
    """A request with a single user message, in OpenAI's format."""
    bound = {} if max_output is None else {"max_completion_tokens": max_output}
    messages = [{"role": "user", "content": prompt}]
    return json.dumps({"model": model, "messages": messages, **bound}).encode()
