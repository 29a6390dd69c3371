"""The form of policies."""

import pytest
from pydantic import ValidationError

from config.policy_schema import VERBS, AskEntry, MatchEntry, RuleEntry


def test_one_name_stands_for_a_list_of_one():
    assert MatchEntry(tools="desk/*").tools == ("desk/*",)


def test_who_asks_says_whom():
    assert AskEntry(group="leads").ttl == 14_400.0
    with pytest.raises(ValidationError):
        AskEntry()


def test_every_verb_is_a_member_of_a_rule():
    assert set(VERBS) == set(RuleEntry.model_fields) - {"id"}
