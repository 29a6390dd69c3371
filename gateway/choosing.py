"""Asks the routing room for a plan, with facts instead of prompts."""

from collections.abc import Callable, Mapping

from gateway.call import Call, Cleared
from gateway.deployment import Route
from gateway.errors import ModelNotFound, NotAllowed
from routing.plan import Facts, Plan, Strategy, plan
from routing.standing import standing


class Router:
    """Knows the strategies; draws the chance that a plan may use, so that planning stays pure."""

    def __init__(self, strategies: Mapping[str, Strategy], random: Callable[[], float]) -> None:
        self._strategies = strategies
        self._random = random

    def plan(self, cleared: Cleared) -> tuple[Route, Plan]:
        """Where the call may go, in order. Raises ModelNotFound or NotAllowed."""
        call, principal = cleared.call, cleared.principal
        model = call.asked.model
        if not principal.allows(model):
            raise NotAllowed(
                f"This key may not use the model '{model}'. Ask for one of those that GET /v1/models lists.",
                param="model",
            )
        route = call.deployment.route(model)
        if route is None:
            raise ModelNotFound(
                f"The model '{model}' does not exist here. GET /v1/models lists those that do; "
                f"'vendor/model' names one at a configured vendor.",
                param="model",
            )
        call.label = route.label
        found = route.settled
        if found is None:
            found = plan(Facts(model, self._random()), route.tiers, self._strategies)
        if len(found) > 1 and not call.deployment.health.calm:
            found = self._healthy(call, found)
        return route, found

    def _healthy(self, call: Call, found: Plan) -> Plan:
        health = call.deployment.health
        health.refresh()
        found, skipped = standing(found, health.view, self._random())
        for choice in skipped:
            call.trail.append(("route", "skipped", f"{choice.target}: {choice.reason}", {}))
        return found
