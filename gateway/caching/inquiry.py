"""One call's semantic lookup: what it asks, and what was found."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from caching.kept import Kept
from caching.semantic.comparing import Candidate
from caching.semantic.subject import Subject, subject
from config.caching import SemanticPolicy
from config.kinds import Operation
from dialects.errors import Malformed
from gateway.caching.sought import CONTROL, Sought
from gateway.embedders.embedder import Array
from gateway.errors import Header
from gateway.routing.wishes import binding
from ledger.principal import Principal


class Place(NamedTuple):
    """Whose threshold it is."""

    team: str
    model: str


class Inquiry(msgspec.Struct, gc=False):
    """What is known of one call's text; of what is near it nothing until it was looked for."""

    place: Place
    policy: SemanticPolicy
    principal: Principal
    subject: Subject
    label: str = ""  # of the place, in metrics
    bound: Sequence[Header] = ()  # what its caller wants of whoever gets its texts
    looking: "asyncio.Task[None] | None" = None  # where its caller does not wait for that
    plain: str = ""  # its text in its plainest words, once it is looked for
    vector: Array | None = None
    candidate: Candidate | None = None
    kept: Kept | None = None  # the candidate's answer
    ticket: int = 0  # of a check


def inquiry_of(sought: Sought, policy: SemanticPolicy) -> Inquiry | str:
    """What is to be looked for; or why nothing is."""
    found = _subject(sought, policy)
    if isinstance(found, str):
        return found
    call, who = sought.cleared.call, sought.cleared.principal
    place = Place(who.team, call.asked.model)
    return Inquiry(place, policy, who, found, call.label, _bound(sought))


def _subject(sought: Sought, policy: SemanticPolicy) -> Subject | str:
    call, dialect = sought.cleared.call, sought.dialect
    if policy.models is not None and call.asked.model not in policy.models:
        return "a model that is not in semantic.models"
    if dialect is None or sought.cleared.body is not call.body:
        return "masked" if dialect is not None else "no conversation"
    if call.operation is Operation.COMPLETIONS:
        return "a text to go on with"  # of which every sign counts
    try:
        conversation = dialect.read_request(sought.cleared.body)
    except Malformed:
        return "not readable"  # whoever answers says what is wrong with it
    limits = policy.max_turns, policy.max_temperature
    base = sought.around + policy.embedder.encode()
    return subject(conversation, sought.said, base, limits)


def _bound(sought: Sought) -> tuple[Header, ...]:
    """The headers of what is asked for this look-up's sake."""
    call = sought.cleared.call
    wishes = binding(call.headers, call.body, call.asked.parts)
    return (*wishes, (CONTROL, b"only-if-cached")) if sought.controls.only_if_cached else wishes
