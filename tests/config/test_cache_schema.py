"""What may be written below `cache`."""

import pytest
from pydantic import ValidationError

from config.cache_schema import CacheEntry, CachePolicyEntry
from config.caching import CacheFacts, CachePolicy


def test_what_is_not_written_is_as_the_facts_have_it() -> None:
    entry, facts = CacheEntry(), CacheFacts()
    assert (entry.size, entry.entry, entry.store) == (facts.size, facts.entry, facts.store)
    assert set(CachePolicyEntry.model_fields) == set(CachePolicy.__dataclass_fields__)


def test_a_team_cannot_choose_the_store() -> None:
    with pytest.raises(ValidationError):
        CachePolicyEntry.model_validate({"store": "redis"})
