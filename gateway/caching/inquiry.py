"""Inquiry, one call's semantic lookup: what it asks, and what was found."""

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
    """A team and a model as requested: each pair has a threshold of its own."""

    team: str
    model: str


class Inquiry(msgspec.Struct, gc=False):
    """One call's semantic lookup. The fields from `plain` on are set by the lookup."""

    place: Place
    policy: SemanticPolicy
    principal: Principal
    subject: Subject
    label: str = ""  # the model's name in metrics
    bound: Sequence[Header] = ()  # the caller's routing controls, binding for calls that get its text
    looking: "asyncio.Task[None] | None" = None  # the lookup, if it runs in the background
    plain: str = ""  # the text in its plainest words
    vector: Array | None = None
    candidate: Candidate | None = None
    kept: Kept | None = None  # the candidate's answer
    ticket: int = 0  # of a check of the answer; 0: none


def inquiry_of(sought: Sought, policy: SemanticPolicy) -> Inquiry | str:
    """The lookup to make, or why there is none."""
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
        return "a text to go on with"  # every character of it counts
    try:
        conversation = dialect.read_request(sought.cleared.body)
    except Malformed:
        return "not readable"  # a later step reports what is wrong with it
    limits = policy.max_turns, policy.max_temperature
    base = sought.around + policy.embedder.encode()
    return subject(conversation, sought.said, base, limits)


def _bound(sought: Sought) -> tuple[Header, ...]:
    """The headers of the calls that this lookup makes to embedders and judges."""
    call = sought.cleared.call
    wishes = binding(call.headers, call.body, call.asked.parts)
    return (*wishes, (CONTROL, b"only-if-cached")) if sought.controls.only_if_cached else wishes
