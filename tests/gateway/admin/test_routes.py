"""A route's values do not change, and an unknown field is a mistake."""

import dataclasses

import pytest
from pydantic import ValidationError

from gateway.admin.routes import Ask, Nothing, Route
from ledger.principal import Principal


def test_a_body_of_nothing_takes_nothing() -> None:
    assert Nothing.model_validate({}) == Nothing()
    with pytest.raises(ValidationError):
        Nothing.model_validate({"a": 1})


def test_an_ask_and_a_route_are_values() -> None:
    async def handler(_: Ask[Nothing, Nothing]) -> Nothing:
        return Nothing()

    ask = Ask(Principal("k", "", "admin", "", "", ""), Nothing(), Nothing())
    route = Route("GET", "/x", "X", handler, Nothing, Nothing, Nothing)
    for value, name in ((ask, "body"), (route, "path")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, name, None)
