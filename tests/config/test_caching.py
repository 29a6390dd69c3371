"""A team's policy is its own where it says something, and everybody's where it does not."""

from config.cache_schema import CacheEntry
from config.caching import CacheFacts, CachePolicy
from config.models import compile_cache
from config.schema import TeamEntry


def facts(cache: dict[str, object], **teams: dict[str, object]) -> CacheFacts:
    entries = {name: TeamEntry.model_validate({"cache": entry}) for name, entry in teams.items()}
    return compile_cache(CacheEntry.model_validate(cache), entries)


def test_nothing_said_remembers_nothing() -> None:
    assert not facts({}).used
    assert facts({}) == CacheFacts()


def test_a_team_that_says_something_is_enough() -> None:
    found = facts({}, support={"exact": "10m"})
    assert found.used
    assert found.policy("support") == CachePolicy(exact=600.0)
    assert found.policy("others").exact == 0


def test_a_team_overrules_setting_by_setting() -> None:
    found = facts(
        {"exact": "1h", "scope": "key", "size": "1MB"},
        support={"scope": "user"},
        research={"exact": "off"},
    )
    assert found.size == 1_000_000
    assert found.policy("support") == CachePolicy(exact=3600.0, scope="user")
    assert found.policy("research") == CachePolicy(exact=0.0, scope="key")
    assert found.policy("others") == found.everybody
