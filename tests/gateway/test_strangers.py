"""Nobody gets what was answered to a stranger: random tenants, policies and requests."""

import random
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from config.caching import CacheFacts, CachePolicy
from config.catalog import TeamFacts
from config.kinds import Operation
from dialects.dialect import Spoken
from gateway.caching.rules import CacheRules
from gateway.caching.sought import Sought, seek
from gateway.call import Call, Cleared
from gateway.formats import SPOKEN
from ledger.principal import Principal
from tests.gateway.caching.test_rules import CATALOG
from tests.gateway.road import Answer, Road

# Names that a careless join would confuse.
NAMES = ["", "a", "b", "ab", "a\0", '"', '","', "a,b", "a/b", "null", "[]"]
TEXTS = ["Hello", "Hello ", "hello", "Hell", "o", '"', "\\u0048ello"]
SCOPES: Any = ["organisation", "team", "key", "user"]
ROAD = Road({"one": [Answer()]}, cache=CachePolicy(exact=60.0))
EXTRA = [{}, {"temperature": 0}, {"temperature": 1}, {"seed": 1}, {"seed": "1"}, {"stop": ["a", "b"]}]
HEADERS: Any = [(), ((b"x-signalbox-regions", b"eu"),), ((b"x-signalbox-regions", b"us"),)]
FORWARDED = [b"", b"anthropic-beta: x\r\n"]


class Settings:
    """Installations whose settings shape answers differently."""

    def __init__(self) -> None:
        self.rules = []
        for guards in ((), ("pii",)):
            teams = {name: TeamFacts(name, "acme", guardrails=guards) for name in NAMES if name}
            self.rules.append(CacheRules(replace(CATALOG, teams=teams, cache=CacheFacts())))


def principal(rng: random.Random) -> Principal:
    pick = rng.choice
    return Principal(pick(NAMES), "k", "caller", pick(NAMES), pick(NAMES), pick(NAMES))


def trial(rng: random.Random, settings: Settings) -> tuple[bytes, tuple[Any, ...]]:
    """A request's fingerprint, and all that has to be equal for two to have one."""
    who, number = principal(rng), rng.randrange(2)
    policy = CachePolicy(exact=60.0, scope=rng.choice(SCOPES), vary=rng.choice([(), ("user",)]))
    operation = rng.choice([Operation.CHAT, Operation.MESSAGES])
    text, extra, end_user = rng.choice(TEXTS), rng.choice(EXTRA), rng.choice([None, "u", "v"])
    messages = [{"role": "user", "content": text}]
    body: dict[str, Any] = {"model": rng.choice(["fast", "slow"]), "messages": messages, **extra}
    if end_user is not None:
        body["user"] = end_user
    headers, forwarded, masked = rng.choice(HEADERS), rng.choice(FORWARDED), rng.random() < 0.3
    members = list(body.items())
    rng.shuffle(members)  # their order does not matter
    raw = msgspec.json.encode(dict(members))
    spoken: Spoken = SPOKEN[operation]
    call: Call = msgspec.structs.replace(
        ROAD.call(),
        operation=operation,
        dialect=spoken,
        body=raw,
        asked=spoken.peek(raw),
        headers=headers,
        forwarded=forwarded,
    )
    # A masked body is another object, whatever it says.
    cleared = Cleared(call, who, bytes(bytearray(raw)) if masked else raw)
    found = seek(cleared, settings.rules[number], policy)
    assert isinstance(found, Sought)
    sharers = {
        "organisation": (who.organisation,),
        "team": (who.organisation, who.team),
        "key": (who.organisation, who.team, who.key_id),
        "user": (who.organisation, who.team, who.user, who.key_id, end_user),
    }[policy.scope]
    counts = end_user if "user" in policy.vary or operation is Operation.MESSAGES else None
    team = (
        (number,) if who.team else ()
    )  # its settings, the same of all; a team that nobody declared has none
    facts = (policy.scope, sharers, team, operation, body["model"], text, msgspec.json.encode(extra))
    return found.fingerprint, (*facts, headers, forwarded, masked, counts)


def meet(trials: int) -> int:
    """How many pairs of trials were equal in all that counts, and met."""
    rng, settings = random.Random(7), Settings()
    by_print: dict[bytes, tuple[Any, ...]] = {}
    by_facts: dict[tuple[Any, ...], bytes] = {}
    for _ in range(trials):
        fingerprint, facts = trial(rng, settings)
        assert by_print.setdefault(fingerprint, facts) == facts, "strangers met"
        assert by_facts.setdefault(facts, fingerprint) == fingerprint, "equal ones did not meet"
    return trials - len(by_print)


def test_strangers_never_meet() -> None:
    meet(4_000)


@pytest.mark.soak
def test_strangers_never_meet_in_a_hundred_thousand_trials() -> None:
    assert meet(100_000) > 100


def test_equal_ones_meet() -> None:
    rng, settings = random.Random(8), Settings()
    for _ in range(200):
        state = rng.getstate()
        first = trial(rng, settings)
        rng.setstate(state)
        assert trial(rng, settings) == first
