"""A run's row: as it lies in the table, and back."""

import pytest

from agentloop import events as e
from agentloop.records import RunRecord, bodies_of, place_of, values_of
from storage.schema import runs


def test_a_record_has_a_field_for_each_column():
    assert set(values_of(RunRecord("run_1", "t", "k", "desk", "sha256:1"))) == set(runs.c.keys())


def test_events_are_encoded_before_anybody_else_is_concerned():
    [(kind, body)] = bodies_of([e.ModelRequested(2, 1)])
    assert (kind, e.decode(body)) == ("model.requested", e.ModelRequested(2, 1))
    with pytest.raises(UnicodeEncodeError):
        bodies_of([e.ModelFailed("x", "\ud800")])


def test_events_go_behind_those_that_there_are():
    held = RunRecord("run_1", "t", "k", "desk", "sha256:1", head=4, epoch=2)
    assert (place_of(held, 4, 9).first, place_of(held, 4, 9).epoch) == (4, 2)
