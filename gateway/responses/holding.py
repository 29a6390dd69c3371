"""Decides whether a team may use the objects that a request names, and where they are stored."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from config.catalog import Catalog
from dialects.account_names import MADE, Name
from gateway.errors import BadRequest, NotFound
from ledger.objects import Made

Holders = Mapping[str, Sequence[Made]]
_GONE_ON_WITH = frozenset(["responses", "conversations"])


class Rules(NamedTuple):
    """A call's team, and the configuration that decides what it may use."""

    team: str
    catalog: Catalog

    def lists(self, name: Name) -> bool:
        """Whether the configuration lists it for the team, by name or pattern."""
        team = self.catalog.teams.get(self.team)
        return team is not None and any(_covers(each, name.id) for each in team.objects)

    def shares(self, name: Name) -> bool:
        """Whether the configuration lists this exact id for the team, whoever made it."""
        team = self.catalog.teams.get(self.team)
        return team is not None and name.id in team.objects

    def passes(self, name: Name) -> bool:
        """Whether it may be used although it was not made through this gateway."""
        allowed = self.catalog.retention.unknown_objects == "allow" and name.kind in MADE
        return name.shown or allowed or self.lists(name)

    def account(self, made: Made) -> str:
        """Which of its vendor's keys reaches it; "": the vendor has only one."""
        vendor = self.catalog.vendors.get(made.vendor)
        if made.account or vendor is None:
            return made.account
        return vendor.keys[0].source if len(vendor.keys) > 1 else ""


def pins_of(names: Sequence[Name], holders: Holders, rules: Rules) -> Mapping[str, str] | None:
    """The vendors that hold all named objects, with the account of each; None: any vendor will do.

    Raises NotFound for objects that are not the team's, BadRequest if no vendor holds all of them.
    """
    pins: dict[str, str] | None = None
    for name in names:
        known = holders.get(name.id, ())
        shared = rules.shares(name)
        own = {made.vendor: rules.account(made) for made in known if shared or made.team == rules.team}
        if not own and (known or not rules.passes(name)):
            raise _missing(name)
        if own and not name.shown:
            pins = own if pins is None else dict(pins.items() & own.items())
    if pins is not None and not pins:
        raise BadRequest(
            "The objects that this request refers to are at several vendors: no single one can serve it."
        )
    return pins


def _missing(name: Name) -> NotFound:
    if name.kind in _GONE_ON_WITH:
        why = (
            "What was made by another team, outside of this gateway, or by a model whose vendor keeps "
            "nothing, cannot be gone on with: send the whole conversation as 'input'."
        )
    else:
        why = (
            "A call may name what its team made through this gateway, and what the configuration lists for "
            "the team (teams.NAME.objects)."
        )
    return NotFound(f"There is no '{name.id[:200]}' here. {why}", param=name.place)


def _covers(pattern: str, name: str) -> bool:
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern
