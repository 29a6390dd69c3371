"""The check of every prefix can fail: a journal that says what would not be decided is found."""

from dataclasses import replace

import msgspec
import pytest

from agentloop import events as e
from tests.agentloop.prefixes import check
from tests.agentloop.stories import DOOR, story


def test_a_journal_as_it_was_decided_passes():
    check("run_1", story(), DOOR)


def test_a_verdict_that_the_door_would_not_give_is_found():
    entries = story()
    place = next(n for n, each in enumerate(entries) if isinstance(each.event, e.PolicyDecided))
    changed = msgspec.structs.replace(entries[place].event, rules=("another",))
    entries[place] = replace(entries[place], event=changed)
    with pytest.raises(AssertionError, match="another"):
        check("run_1", entries, DOOR)
