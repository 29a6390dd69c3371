"""Paths of responses that are kept; journeys ask them with the official SDK."""

import pytest

from gateway.agents.kept import Kept, _number
from gateway.errors import BadRequest


def test_each_path_is_there_with_and_without_a_version():
    paths = {route.path for route in Kept(None, None, None).routes()}
    assert {"/v1/responses/{response_id}", "/responses/{response_id}/cancel"} <= paths


def test_a_number_that_is_none_is_refused():
    assert (_number(None), _number("7")) == (-1, 7)
    for text in ("", "-1", "x", "²", "1234567890"):
        with pytest.raises(BadRequest, match="sequence_number"):
            _number(text)
