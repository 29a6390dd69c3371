"""Removes personal data and secrets from stored contents, for teams that store them masked.

Independent of what the guards did to the call: contents of a team without any guard are masked, too.
"""

import secrets
from dataclasses import replace

from config.catalog import Catalog, GuardFacts, GuardSettings
from config.discover import load
from gateway.guardrails.cordons import Cordon, Post
from gateway.guardrails.inspecting import inspect
from guardrails.guard import GuardKind
from guardrails.placeholders import Placeholders

_USUAL = ("pii", "secrets")
_KINDS = (*_USUAL, "words")


class Masking:
    """Replaces findings by `[KIND]`, irreversibly. The team's own guards of these kinds are applied, too."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._cordons: dict[str, Cordon] = {}

    def masked(self, team: str, document: bytes) -> bytes:
        """The JSON document with findings replaced. Raises GuardBroken."""
        cordon = self._cordons.get(team)
        if cordon is None:
            cordon = self._cordons[team] = self._cordon(team)
        return inspect(cordon, document, Placeholders(secrets.token_bytes(32), team)).body

    def _cordon(self, team: str) -> Cordon:
        catalog, facts = self._catalog, self._catalog.teams.get(team)
        names = dict.fromkeys([*_USUAL, *catalog.guardrails, *(() if facts is None else facts.guardrails)])
        guards = [catalog.guards.get(name) or GuardFacts(name, name) for name in names]
        wanted = [each for each in guards if each.kind in _KINDS]
        posts = [_post(replace(each, action="redact", mode="enforce", on_error="block")) for each in wanted]
        return Cordon(tuple(posts), (), unmask=False, settings=GuardSettings())


def _post(facts: GuardFacts) -> Post:
    return Post(load("guardrails.guards", facts.kind, "GUARD", GuardKind).build(facts), facts)
