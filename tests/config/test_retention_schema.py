"""What may be written below `retention`."""

from config.retention import KeepPolicy
from config.retention_schema import RetentionEntry, TeamRetentionEntry


def test_what_is_not_written_is_as_the_facts_have_it() -> None:
    entry, policy = TeamRetentionEntry(), KeepPolicy()
    assert (entry.store, entry.ttl) == (policy.store, policy.ttl)
    assert RetentionEntry().keys == {}


def test_off_may_be_written_without_quotes() -> None:
    assert TeamRetentionEntry.model_validate({"store": False}).store == "off"
    assert TeamRetentionEntry.model_validate({"store": "full", "ttl": "2h"}).ttl == 7200
