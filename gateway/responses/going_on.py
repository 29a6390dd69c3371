"""Stands before the road of Responses: only its own team goes on with what a vendor keeps, and only there."""

from collections.abc import Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

from config.kinds import Operation
from dialects.errors import Malformed
from dialects.openai.responses_kept import Named, named
from gateway.call import Call
from gateway.contents.parts import Contents
from gateway.errors import BadRequest, NotFound, Unavailable
from gateway.frames import Sink
from gateway.responses.masks import Masks, waiting
from gateway.responses.noting import Noting
from gateway.responses.owners import KIND, Owners
from gateway.services import Answering, Services
from ledger.objects import Made, VendorObjects
from ledger.principal import Principal
from storage.errors import StoreError

_NAMING = (Operation.RESPONSES, Operation.COUNT_RESPONSES)
_AGENTS = "agent:"  # whose responses are runs


class GoingOn:
    """Makes the roads of calls; those that name nothing a vendor keeps are none of its business."""

    def __init__(self, owners: Owners, masks: Masks) -> None:
        self._owners = owners
        self._masks = masks

    def before(self, operation: Operation, road: Answering) -> Answering:
        """The road for calls of this sort."""
        return partial(self._answer, road) if operation in _NAMING else road

    def _answer(
        self, road: Answering, call: Call, services: Services, caller: Sink
    ) -> Coroutine[Any, Any, None]:
        if call.asked.model.startswith(_AGENTS):
            return road(call, services, caller)
        return self._go(road, call, services, caller)

    async def _go(self, road: Answering, call: Call, services: Services, caller: Sink) -> None:
        try:
            said = named(call.body)
        except Malformed as error:
            raise BadRequest(error.message, param=error.param) from None
        who = await services.keys.identify(call)
        if said.sought or said.shown:
            try:
                call.pins = await self._pins(call, who.team, said)
                if call.pins is not None and call.deployment.catalog.retention.keys:
                    call.masked = await self._masks.of([name for _, name in said.sought], who)
            except StoreError as error:
                raise Unavailable(
                    "Whose a response is cannot be looked up at the moment; try again later."
                ) from error
        if said.stores and not call.operation.counts:
            caller = Noting(caller, partial(self._note, call, who))
        await road(call, services, caller)

    async def _pins(self, call: Call, team: str, said: Named) -> Mapping[str, str] | None:
        """The vendors that have what the call names, with the account of each; None: it names nothing.

        Raises NotFound for what is not the team's.
        """
        allowed = call.deployment.catalog.retention.unknown_responses == "allow"
        sought = {name for _, name in said.sought}
        holders = await self._owners.holders(
            sought | {name for _, name in said.shown}, patiently=bool(sought)
        )
        pins: dict[str, str] | None = None
        for place, name in (*said.sought, *said.shown):
            known = holders.get(name, ())
            own = {made.vendor: made.account for made in known if made.team == team}
            unknown = not known and (allowed or name not in sought)
            if not own and not unknown:
                raise NotFound(
                    f"There is no '{name}' here. What was made by another team, outside of this gateway, or "
                    f"by a model whose vendor keeps nothing, cannot be gone on with: send the whole "
                    f"conversation as 'input'.",
                    param=place,
                )
            if own and name in sought:
                pins = own if pins is None else {each: pins[each] for each in pins if each in own}
        if pins is not None and not pins:
            raise BadRequest("What this request names lies at several vendors: nobody can go on with it.")
        return pins

    def _note(self, call: Call, who: Principal, vendor: str, ids: Sequence[str]) -> None:
        catalog = call.deployment.catalog
        facts = catalog.vendors.get(vendor)
        if facts is None or Operation.STORED_RESPONSES not in facts.kind.paths or call.cache == "hit":
            return
        account = call.account if len(facts.keys) > 1 else ""
        if call.masked and (kept := waiting(who, call.masked, call.at_ms, catalog.retention)) is not None:
            self._masks.put(ids, kept)
        self._owners.note([Made(vendor, each, who.team, KIND, account) for each in ids])


def going_on(services: Services, contents: Contents, stack: AsyncExitStack) -> Owners:
    """Put it before the services' roads; what is to be written down when the stack ends is written then."""
    masks = Masks(contents.vault)
    owners = Owners(VendorObjects(contents.database, services.books.clock.unix_seconds), masks)
    stack.push_async_callback(owners.close)
    services.gate = GoingOn(owners, masks)
    return owners
